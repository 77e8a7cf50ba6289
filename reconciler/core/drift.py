"""What happened outside git, pure: a comparison and what was looked up -> the drift, and from where to where it led.

Whether anything drifted is decided where plan decides it, in state.py. What differs here is the other side: plan shows
what is live against what git wants now, this shows it against what git last applied, since git may have moved on.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.core import fields, lookup, managed
from reconciler.core.authorship import is_settled, last_applied
from reconciler.core.compare import Comparison, Pair
from reconciler.core.plan import NO_HISTORY, Observed
from reconciler.core.state import DEPTH, Base, Standing, is_newest, stand
from reconciler.model.change import Reason, State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.drift import Drift, Drifted, Who
from reconciler.model.live import History, Live, Version
from reconciler.model.plan import Deployment
from reconciler.model.wanted import Wanted

INSTEAD = "the differences are those to what git says now"


class _Draft(Struct):
    """What collects while the assistants are gone through."""

    drifted: list[Drifted] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def put(self, where: str, key: str) -> None:
        self.keys.setdefault(where, []).append(key)

    def of(self, where: str) -> tuple[str, ...]:
        return tuple(sorted(self.keys.get(where, ())))

    def note(self, want: Wanted, code: str, message: str) -> None:
        """Say something about one assistant."""
        said = f"assistant `{want.key}`{message}"
        self.diagnostics.append(
            Diagnostic(severity="note", code=code, message=said, path=want.path, line=want.line, key=want.key)
        )


def enough(owner: str, pair: Pair, rows: Sequence[Version]) -> bool:
    """Whether `rows`, newest first, tell all that planning asks, and which version git last applied."""
    settled = is_settled(owner, pair.live.assistant_id, rows)
    return len(rows) >= DEPTH or (settled and lookup.enough(owner, pair, rows))


def drift(
    deployment: Deployment,
    owner: str,
    comparison: Comparison,
    observed: Observed,
    *,
    selected: frozenset[str] | None = None,
    commit: str | None = None,
) -> Drift:
    """All that happened outside git to the assistants of `selected` keys (None: all), by key."""

    def counts(key: str) -> bool:
        return selected is None or key in selected

    draft = _Draft()
    for pair in (*comparison.same, *comparison.mislabelled):
        if counts(pair.wanted.key):
            draft.put("as_applied", pair.wanted.key)
    for want in comparison.missing:
        if counts(want.key):
            _missing(draft, want, observed.seen_before.get(want.key))
    for pair in comparison.differs:
        if counts(pair.wanted.key):
            _differing(draft, owner, pair, observed)
    for pair in comparison.unmarked:
        if counts(pair.wanted.key):
            _adopted(draft, pair.wanted)
    if selected is None:
        draft.diagnostics += [_not_looked_at(live) for live in comparison.orphans]
    return Drift(
        deployment=deployment,
        owner=owner,
        commit=commit,
        drifted=tuple(sorted(draft.drifted, key=lambda one: one.wanted.key)),
        as_applied=draft.of("as_applied"),
        waiting=draft.of("waiting"),
        half_restored=draft.of("half_restored"),
        not_taken=draft.of("not_taken"),
        adopted=draft.of("adopted"),
        refused=tuple(d for d in comparison.refused if d.key is None or counts(d.key)),
        diagnostics=tuple(sorted(draft.diagnostics, key=Diagnostic.order)),
    )


def _missing(draft: _Draft, want: Wanted, seen: str | None) -> None:
    """It is drift only where git had it when others were written. A deletion takes the history along, so that nobody
    can tell it from a creation that failed."""
    if seen is None:
        draft.put("waiting", want.key)
        return
    note = f"git had it at {seen[:12]}, when others were written"
    draft.drifted.append(Drifted(wanted=want, state=State.MISSING, who=Who.UNKNOWN, note=note))


def _differing(draft: _Draft, owner: str, pair: Pair, observed: Observed) -> None:
    want, live = pair.wanted, pair.live
    history = observed.histories.get(live.assistant_id, NO_HISTORY)
    standing = stand(want, owner, live, history, observed.bases.get(live.assistant_id, Base()))
    if Reason.DRIFT in standing.reasons:
        draft.drifted.append(_drifted(draft, owner, pair, history, standing))
    elif standing.state is State.HALF_RESTORED:
        draft.put("half_restored", want.key)
        said = f": version {live.row.number} was made active, and this server brought only part of it back; "
        whole = f"`reconciler rollback {want.key}@{live.row.number}` makes that version live"
        draft.note(want, "half-restored", f"{said}`reconciler apply` writes what git says, {whole}")
    elif standing.state is State.REFUSED:
        draft.put("not_taken", want.key)
        draft.note(want, "not-taken", ": the server does not take what git wants; `reconciler plan` names the fields")
    else:
        written = standing.ours is not None or managed.written_by_us(owner, live.assistant_id, live.row)
        draft.put("as_applied" if written else "waiting", want.key)


def _drifted(draft: _Draft, owner: str, pair: Pair, history: History, standing: Standing) -> Drifted:
    want, live = pair.wanted, pair.live
    applied = last_applied(owner, live.assistant_id, history.rows)
    if standing.guessed:
        draft.note(want, "base-unknown", f": {standing.guessed}; so what git has said since is not known")
    if applied is None:
        instead = f"; {INSTEAD}" if standing.taken is None else ""
        draft.note(want, "applied-unknown", f": {_why_unknown(live, history)}{instead}")
    elif not history.complete and history.read >= DEPTH:
        draft.note(want, "history-cut", f": only its newest {DEPTH} versions were looked at")
    base, heard = want, applied
    if standing.taken is not None:
        heard, base = standing.taken[0], replace(standing.taken[1], files=(), sources=())
    elif applied is not None:
        base = managed.as_written(want, applied)
    # An older version that says so may have been made active by anybody.
    by_us = live.mark is not None and live.mark.rollback is not None and is_newest(live, history)
    unknown = Who.UNKNOWN if standing.state is State.ROLLED_BACK else Who.OUTSIDE
    return Drifted(
        wanted=want,
        state=standing.state,
        who=Who.RECONCILER if by_us else unknown,
        live=_dated(live, history),
        applied=applied,
        taken=standing.taken[0] if standing.taken is not None else None,
        fields=fields.inverted(fields.changed(base, live.row)),
        ahead=heard is not None and not managed.same_content(want, heard),
        since=by_us and not managed.written_by_us(owner, live.assistant_id, live.row),
        note="the server keeps values of another version beside the context (in config.configurable)"
        if live.row.residue
        else None,
    )


def _dated(live: Live, history: History) -> Version:
    """What is live, with the time of its version: a listing says when the assistant was made."""
    row = next((row for row in history.rows if row.number == live.row.number), None)
    return replace(live.row, created_at=row.created_at if row is not None else None)


def _why_unknown(live: Live, history: History) -> str:
    """Why nothing says what git last applied."""
    mark = live.mark
    strange = managed.unknown_form(mark)
    if strange is not None:
        return strange
    if not history.rows:
        return "the server says nothing of its versions"
    if not history.complete:
        return f"git wrote none of its newest {len(history.rows)} versions"
    if mark is None:
        return "git has not written it yet"
    if mark.rollback is not None:
        return "nothing but a rollback has written it"
    return "no version of it is as its marker says that it was written"


def _adopted(draft: _Draft, want: Wanted) -> None:
    draft.put("adopted", want.key)
    message = " carries no marker, so its drift cannot be told; `reconciler apply --adopt` marks it (one new version)"
    draft.note(want, "adopted", message)


def _not_looked_at(live: Live) -> Diagnostic:
    key = live.mark.key if live.mark is not None else live.assistant_id
    message = f"assistant `{key}` has no manifest any more, so what happened to it outside git is not looked at"
    return Diagnostic(severity="note", code="no-manifest", message=message, key=key)
