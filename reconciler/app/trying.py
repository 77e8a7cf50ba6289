"""Runs what git proposes on a deployment, beside what is live there: no assistant is touched, no version made.

First what would be run is worked out, so that somebody can be asked; then it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Event

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.app.definitions import said_at
from reconciler.app.judging import judged
from reconciler.app.live_nodes import LiveNodes
from reconciler.app.running import OneRun, Progress, Side, no_progress, run_tries
from reconciler.app.session import Session
from reconciler.app.source import Source, provenance
from reconciler.core.compare import compare
from reconciler.core.trials import (
    Candidate,
    Carried,
    Content,
    Vehicles,
    answers_otherwise,
    itself,
    of_live,
    proposed,
    share,
    stand_ins,
)
from reconciler.model.live import Live
from reconciler.model.plan import Deployment
from reconciler.model.trial import Erred, Ran, Trial, Tried
from reconciler.model.tries import Try
from reconciler.model.wanted import Wanted
from reconciler.server.runner import Runner, RunOf

LIVE = "live"
NO_TRIES = "no tries"
NO_NODE = "unknown node"
SAME = "what is live has the same graph, context and config, so there is one run"
ALREADY = "the answer before does not meet this either"
NEW = "it is not there yet, so nothing answers before"


class Asked(Struct, frozen=True, kw_only=True):
    """What to try: `keys` (None: all), and of them, with `changed_since`, those of which the tree says something else
    than that commit. `tries` stand in place of those of the manifests. `against` is `live`, or a commit. `max_runs`
    limits how many runs there are."""

    keys: frozenset[str] | None = None
    tries: tuple[Try, ...] | None = None
    against: str = LIVE
    changed_since: str | None = None
    max_runs: int = 20


class Pair(Struct, frozen=True, kw_only=True):
    """One try of one assistant, to be run: what is proposed, and beside it, where there is any, what it is compared
    with. `unstopped` says why neither is: it would run past where it is to stop."""

    after: OneRun
    before: OneRun | None = None
    notes: tuple[str, ...] = ()
    unstopped: str | None = None

    @property
    def runs(self) -> tuple[OneRun, ...]:
        if self.unstopped is not None:
            return ()
        return (self.after,) if self.before is None else (self.before, self.after)


class Proposed(Struct, frozen=True, kw_only=True):
    """What would be run. `alike` and `untried` as in Tried. `acting` are the nodes that call tools and before which
    nothing stops, in words."""

    deployment: Deployment
    owner: str
    commit: str | None
    against: str
    pairs: tuple[Pair, ...]
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untried: Mapping[str, str] = field(default_factory=dict)
    acting: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[OneRun, ...]:
        return tuple(one for pair in self.pairs for one in pair.runs)

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of which something is run, in their order."""
        return tuple(dict.fromkeys(one.key for one in self.runs))


def propose(
    source: Source, session: Session, asked: Asked, progress: Callable[[str], None] = lambda line: None
) -> Proposed:
    """What a try would run. Reads only. Raises InvalidSource, ServerError, and UsageError where a commit is missing."""
    source.require()
    repository, owner = source.repository, source.repository.settings.owner
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    wanted = _chosen(source, session, asked)
    untried = {one.key: NO_TRIES for one in wanted if not one.tries}
    comparison = compare(owner, [one for one in wanted if one.tries], lives)
    untried |= {found.key: found.message for found in comparison.refused if found.key is not None}
    then = _then(source, session, asked.against)
    by_id = {live.assistant_id: live for live in lives}
    found = [_candidate(one, by_id.get(one.assistant_id), owner, then) for one in wanted if one.key not in untried]
    alike: Mapping[str, tuple[str, ...]] = {}
    if asked.changed_since is not None:
        found, alike = stand_ins(found)
    vehicles, nodes = Vehicles(owner, lives), LiveNodes(session.reader, lives)
    pairs: dict[str, list[Pair]] = {}
    acting: dict[str, None] = {}
    for one in found:
        made = _pairs(one, vehicles, against_live=then is None)
        if isinstance(made, str):
            untried[one.wanted.key] = made
            continue
        made = pairs[one.wanted.key] = [_stopping(one, pair, nodes) for pair in made]
        going = [pair for pair in made if pair.runs]
        acting |= dict.fromkeys(name for pair in going for name in nodes.acting(pair.after.tried, one.graphs))
    costs = {key: [len(pair.runs) for pair in made if pair.runs] for key, made in pairs.items()}
    fits = share(costs, asked.max_runs)
    untried |= {key: _cut(fits[key], len(cost), asked.max_runs) for key, cost in costs.items() if fits[key] < len(cost)}
    pairs = {key: _first(made, fits[key]) for key, made in pairs.items()}
    stand = {key: others for key, others in alike.items() if pairs.get(key)}
    left = {other: key for key, others in alike.items() if key not in stand for other in others}
    untried |= {other: untried[key] for other, key in left.items() if all(other not in keys for keys in stand.values())}
    return Proposed(
        deployment=session.deployment,
        owner=owner,
        commit=provenance(repository, {}, session.deployment.name).commit,
        against=asked.against,
        pairs=tuple(pair for made in pairs.values() for pair in made),
        alike=stand,
        untried=dict(sorted(untried.items())),
        acting=tuple(acting),
    )


def carry_out(
    proposed: Proposed,
    runner: Runner,
    *,
    parallelism: int = 4,
    seconds: float = 120.0,
    total: float | None = None,
    stop: Event | None = None,
    progress: Progress = no_progress,
) -> Tried:
    """Run it, and judge what is answered. Raises nothing for what the server does; the limits are those of
    `run_tries`."""
    stop = stop or Event()
    runs = proposed.runs
    ends = iter(
        run_tries(runs, runner, parallelism=parallelism, seconds=seconds, total=total, stop=stop, progress=progress)
    )
    return Tried(
        deployment=proposed.deployment,
        owner=proposed.owner,
        commit=proposed.commit,
        against=proposed.against,
        trials=tuple(_trial(pair, ends) for pair in proposed.pairs),
        alike=proposed.alike,
        untried=proposed.untried,
        interrupted=stop.is_set(),
    )


def _trial(pair: Pair, ends: Iterator[Ran]) -> Trial:
    """The next of the ends are those of this pair."""
    one = pair.after
    if pair.unstopped is not None:
        refused = Erred(error=NO_NODE, message=pair.unstopped, started=False)
        return Trial(key=one.key, tried=one.tried, after=refused, notes=pair.notes)
    before = next(ends) if pair.before is not None else None
    after, failures = judged(one.tried.expect, next(ends))
    already = failures and before is not None and judged(one.tried.expect, before)[1] == failures
    notes = (*pair.notes, ALREADY) if already else pair.notes
    return Trial(key=one.key, tried=one.tried, after=after, before=before, failures=failures, notes=notes)


def _chosen(source: Source, session: Session, asked: Asked) -> list[Wanted]:
    """The manifests to try, each with its tries."""
    wanted = [w for w in source.loaded.wanted if asked.keys is None or w.key in asked.keys]
    if asked.changed_since is not None:
        before = said_at(source.repository, asked.changed_since, session.deployment.name)
        was = {one.key: one for one in before.wanted}
        wanted = [one for one in wanted if answers_otherwise(was.get(one.key), one)]
    if asked.tries is None:
        return wanted
    return [replace(one, tries=asked.tries) for one in wanted]


def _then(source: Source, session: Session, against: str) -> dict[str, Wanted] | None:
    """What a commit says, by key; None where it is compared with what is live."""
    if against == LIVE:
        return None
    return {one.key: one for one in said_at(source.repository, against, session.deployment.name).wanted}


def _candidate(one: Wanted, live: Live | None, owner: str, then: Mapping[str, Wanted] | None) -> Candidate:
    before: Content | None
    if then is None:
        before = of_live(live) if live is not None else None
    else:
        was = then.get(one.key)
        before = proposed(was, live, owner) if was is not None else None
    return Candidate(wanted=one, live=live, before=before, after=proposed(one, live, owner))


def _pairs(one: Candidate, vehicles: Vehicles, *, against_live: bool) -> list[Pair] | str:
    """The runs of each of its tries; or why nothing can be run."""
    notes: list[str] = []
    before: Carried | str | None = None
    after = _carry(one, one.after, vehicles)
    if one.is_same:
        notes.append(SAME if against_live else "what it is compared with is the same, so there is one run")
    elif one.before is None:
        notes.append(NEW if against_live else "that commit does not have it, so nothing answers before")
    else:
        before = _carry(one, one.before, vehicles)
    if isinstance(after, str):
        return after
    if isinstance(before, str):
        notes.append(f"nothing can be run of what it is compared with: {before}")
        before = None
    notes += after.notes
    notes += [f"before: {note}" for note in (before.notes if before is not None else ())]
    return [
        Pair(
            after=_run(one.wanted, what, "after", after),
            before=_run(one.wanted, what, "before", before) if before is not None else None,
            notes=tuple(notes),
        )
        for what in one.wanted.tries
    ]


def _stopping(one: Candidate, pair: Pair, nodes: LiveNodes) -> Pair:
    """The same, without what would not stop where it is to: whoever wrote a stop meant it. Noted where nobody can
    tell."""
    tried = pair.after.tried
    if (why := nodes.unstopped(tried, one.after.graph_id)) is not None:
        return replace(pair, before=None, notes=(), unstopped=why)
    notes = pair.notes
    if pair.before is not None and one.before is not None:
        why = nodes.unstopped(tried, one.before.graph_id)
        notes += (f"nothing is run of what it is compared with: {why}",) if why is not None else ()
    unseen = nodes.unseen(tried, one.graphs)
    notes += (unseen,) if unseen is not None else ()
    return replace(pair, before=pair.before if why is None else None, notes=notes)


def _first(pairs: list[Pair], number: int) -> list[Pair]:
    """So many of those that run, and all that do not."""
    going = [pair for pair in pairs if pair.runs][number:]
    return [pair for pair in pairs if pair not in going]


def _carry(one: Candidate, content: Content, vehicles: Vehicles) -> Carried | str:
    """How to run a content of this assistant: by itself as it is, where it has just that."""
    if one.live is not None and of_live(one.live).is_same(content):
        return itself(one.live)
    return vehicles.carry(content, one.wanted.assistant_id)


def _run(wanted: Wanted, what: Try, side: Side, carried: Carried) -> OneRun:
    return OneRun(
        key=wanted.key,
        tried=what,
        side=side,
        what=RunOf(
            assistant_id=carried.assistant_id,
            input=what.input,
            context=carried.context,
            config=carried.config,
            interrupt_before=what.interrupt_before,
            like=wanted.assistant_id if carried.context is not None else None,
        ),
    )


def _cut(fits: int, number: int, most: int) -> str:
    how = f"only {fits} of {number} tries {'fits' if fits == 1 else 'fit'}" if fits else "nothing fits"
    return (
        f"{how} into the {f'{most} runs that there are' if most > 1 else 'one run that there is'} at most (--max-runs)"
    )
