"""From what git wants and a session to a plan: list, compare, look up what differs, plan. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from msgspec import Struct

from reconciler.app.base import Past
from reconciler.app.guard_facts import guard_facts
from reconciler.app.live_schemas import check_against_server
from reconciler.app.losses import every_version, losses
from reconciler.app.placeholders import against_live
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.core import lookup
from reconciler.core.compare import Comparison, Pair, compare
from reconciler.core.guards import Facts
from reconciler.core.plan import Observed, Options, plan
from reconciler.core.state import Base
from reconciler.core.twins import twins
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import History, Live, Version
from reconciler.model.plan import Plan
from reconciler.model.wanted import Removed, Wanted
from reconciler.server.reader import Reader

R = TypeVar("R")
T = TypeVar("T")

LOOKUPS = 8
"""Assistants looked up side by side."""


def no_bases(asked: Sequence[tuple[Pair, History]]) -> dict[str, Base]:
    """B where there is no git to ask."""
    unknown = Base(complete=False, why="there is no git history to compare with")
    return {pair.live.assistant_id: unknown for pair, _ in asked}


def nothing_to_check(lives: Sequence[Live], keys: Sequence[str]) -> list[Diagnostic]:
    """Where no schema is known."""
    return []


def no_facts(comparison: Comparison, histories: Mapping[str, History]) -> Facts:
    """What guards are told where there is no repository."""
    return Facts()


def nothing_seen(lives: Sequence[Live], missing: Sequence[Wanted]) -> dict[str, str]:
    """Where there is no git to ask."""
    return {}


class Inputs(Struct, frozen=True, kw_only=True):
    """What git says, apart from where it was read. `bases` gives B by assistant_id; `check` the diagnostics about
    those that may be written, from what the server serves: the errors among them hold single assistants back.
    `seen_before` names those that are missing although git had them when others were written, with the commit."""

    owner: str
    wanted: Sequence[Wanted]
    removed: Sequence[Removed] = ()
    bases: Callable[[Sequence[tuple[Pair, History]]], dict[str, Base]] = no_bases
    check: Callable[[Sequence[Live], Sequence[str]], list[Diagnostic]] = nothing_to_check
    seen_before: Callable[[Sequence[Live], Sequence[Wanted]], dict[str, str]] = nothing_seen
    diagnostics: tuple[Diagnostic, ...] = ()
    facts_of: Callable[[Comparison, Mapping[str, History]], Facts] = no_facts
    commit: str | None = None
    base: str | None = None


def inputs(
    source: Source, session: Session, commit: str | None, *, repo: str | None = None, base: str | None = None
) -> Inputs:
    """A source as inputs; `repo` is its name for markers, `base` the commit that the tree is compared with, else HEAD's
    first parent. Raises InvalidSource: a file that cannot be read is never taken for a deletion."""
    source.require()
    repository = source.repository
    if base is None and repository.git is not None:
        base = repository.git.parent()
    past = Past(repository, session.deployment.name)
    return Inputs(
        owner=repository.settings.owner,
        wanted=source.loaded.wanted,
        removed=source.loaded.removed,
        bases=past.bases,
        check=lambda lives, keys: [
            *check_against_server(source, session.reader, lives, keys),
            *against_live(source.loaded, lives, keys),
        ],
        seen_before=past.seen_before,
        diagnostics=source.diagnostics,
        commit=commit,
        facts_of=lambda comparison, histories: guard_facts(
            repository, comparison, histories, repo=repo, deployment=session.deployment.name, base=base
        ),
        base=base,
    )


def make_plan(
    given: Inputs,
    session: Session,
    options: Options,
    progress: Callable[[str], None] = lambda line: None,
    *,
    keep: Callable[[Change], bool] = lambda change: True,
) -> Plan:
    """The plan for one server, of what `keep` lets through. Raises ServerError; refuses single assistants by
    diagnostics."""
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    comparison = compare(given.owner, given.wanted, lives, given.removed)
    pairs = [p for p in comparison.differs if _selected(options, p.wanted.key)]
    histories, bases = look_up(given, session.reader, pairs, progress)
    doomed = _doomed(comparison, options)
    histories |= _side_by_side(doomed, doomed, lambda identifier: every_version(session.reader, identifier))
    written = _written(comparison, options)
    found = given.check(lives, written)
    if session.reader.dialect.one_per_config:
        found += twins(given.wanted, frozenset(written), lives)
    return plan(
        session.deployment,
        given.owner,
        comparison,
        Observed(
            histories=histories,
            bases=bases,
            seen_before=given.seen_before(lives, comparison.missing),
            losses=_side_by_side(doomed, doomed, lambda one: losses(session.reader, one, histories[one])),
            refused=tuple(d for d in found if d.severity == "error"),
            diagnostics=(*given.diagnostics, *(d for d in found if d.severity != "error")),
            facts=given.facts_of(comparison, histories),
        ),
        options,
        wanted=len(given.wanted) + len(given.removed),
        commit=given.commit,
        base=given.base,
        keep=keep,
    )


def _selected(options: Options, key: str) -> bool:
    return options.selected is None or key in options.selected


def look_up(
    given: Inputs,
    reader: Reader,
    pairs: Sequence[Pair],
    progress: Callable[[str], None] = lambda line: None,
    *,
    enough: Callable[[str, Pair, Sequence[Version]], bool] = lookup.enough,
) -> tuple[dict[str, History], dict[str, Base]]:
    """Of each that differs its versions, newest first, read until that is `enough`, and of those the ones that matter;
    and what git has said of it since the last write. By assistant_id. Raises ServerError."""

    def read(pair: Pair) -> History:
        found = reader.history(pair.live.assistant_id, lookup.PAGE, lambda rows: enough(given.owner, pair, rows))
        return lookup.kept(given.owner, pair, found)

    if pairs:
        progress(f"reading the history of {len(pairs)} that differ{'s' if len(pairs) == 1 else ''}")
    histories = _side_by_side((p.live.assistant_id for p in pairs), pairs, read)
    return histories, _bases(given, pairs, histories)


def _doomed(comparison: Comparison, options: Options) -> list[str]:
    """What would be deleted. Its whole history is read, so that guards and whoever reviews it know what goes."""
    named = [live.assistant_id for gone, live in comparison.given_up if not gone.keep and _selected(options, gone.key)]
    if not options.prune or options.selected is not None:
        return named
    return named + [live.assistant_id for live in comparison.orphans if not live.is_default]


def _side_by_side(keys: Iterable[str], asked: Sequence[T], read: Callable[[T], R]) -> dict[str, R]:
    if not asked:
        return {}
    with ThreadPoolExecutor(max_workers=min(LOOKUPS, len(asked))) as pool:
        return dict(zip(keys, pool.map(read, asked), strict=True))


def _bases(given: Inputs, pairs: Sequence[Pair], histories: Mapping[str, History]) -> dict[str, Base]:
    """What git has said, only of what was changed by somebody else since we wrote it."""
    asked = [(p, histories[p.live.assistant_id]) for p in pairs]
    return given.bases([(p, h) for p, h in asked if lookup.needs_base(given.owner, p, h)])


def _written(comparison: Comparison, options: Options) -> list[str]:
    """The keys of all that may be written, whose graphs therefore matter."""
    pairs = (*comparison.differs, *comparison.mislabelled)
    keys = [want.key for want in comparison.missing] + [pair.wanted.key for pair in pairs]
    return [key for key in keys if _selected(options, key)]
