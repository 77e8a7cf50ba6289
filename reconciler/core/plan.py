"""Second step, pure: a comparison and what was looked up -> the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from reconciler.core import fields, guards, lookup, managed
from reconciler.core.compare import Comparison, Pair, is_ours, refusal
from reconciler.core.compose import released
from reconciler.core.guards import Facts, Limits, Overrides, Scope
from reconciler.core.hold import hold
from reconciler.core.notes import notes
from reconciler.core.state import DEPTH, Base, Standing, stand
from reconciler.model.change import (
    Activate,
    Change,
    Create,
    Delete,
    Losses,
    Reason,
    State,
    Update,
    assistant_id_of,
    order,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import History, Live
from reconciler.model.plan import Deployment, Held, Plan, Untouched
from reconciler.model.wanted import OnDrift, Removed, Wanted

NO_HISTORY = History(rows=(), complete=False)


class Options(Struct, frozen=True, kw_only=True):
    """How this run was asked to plan.

    `on_drift` is what the command line says, `default_on_drift` what the settings do. `selected` are the only keys
    that count (None: all); `named` those that the command line names itself. `adopt` marks what is adopted.
    """

    prune: bool = False
    adopt: bool = False
    on_drift: OnDrift | None = None
    default_on_drift: OnDrift = OnDrift.OVERWRITE
    selected: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    allow_delete: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)


class Observed(Struct, frozen=True, kw_only=True):
    """What was looked up: by assistant_id, and only where content differs. `refused` are errors about single
    assistants that were found on the way, such as a value that the live schema refuses. `seen_before`: the key of what
    is missing although git had it when others of ours were written, and that commit. `losses`: what would go with those
    that may be deleted."""

    histories: Mapping[str, History] = field(default_factory=dict)
    bases: Mapping[str, Base] = field(default_factory=dict)
    seen_before: Mapping[str, str] = field(default_factory=dict)
    losses: Mapping[str, Losses] = field(default_factory=dict)
    refused: tuple[Diagnostic, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    facts: Facts = field(default_factory=Facts)


class _Draft(Struct):
    """What collects while the assistants are gone through."""

    changes: list[Change] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)
    drifted: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def note(self, want: Wanted, code: str, message: str) -> None:
        """Say something about one assistant."""
        said = f"assistant `{want.key}`: {message}"
        self.diagnostics.append(
            Diagnostic(severity="note", code=code, message=said, path=want.path, line=want.line, key=want.key)
        )


def plan(
    deployment: Deployment,
    owner: str,
    comparison: Comparison,
    observed: Observed,
    options: Options,
    *,
    wanted: int,
    commit: str | None = None,
    base: str | None = None,
    keep: Callable[[Change], bool] = lambda change: True,
) -> Plan:
    """All changes, in the order in which they are applied, and what the guards say of them.

    `wanted` is how many assistants git wants in all, selected or not. The plan is empty exactly when nothing differs.
    What `keep` refuses is left out, and the guards judge what is kept.
    """

    def counts(key: str) -> bool:
        return options.selected is None or key in options.selected

    draft = _Draft(diagnostics=list(observed.diagnostics))
    barred = {d.key for d in observed.refused}
    draft.refused += [d for d in (*comparison.refused, *observed.refused) if d.key is None or counts(d.key)]
    for want in comparison.missing:
        if counts(want.key) and want.key not in barred:
            draft.changes.append(_create(want, observed.seen_before.get(want.key)))
    for pair in comparison.differs:
        if counts(pair.wanted.key) and pair.wanted.key not in barred:
            _differing(draft, owner, pair, observed, options)
    for pair in comparison.mislabelled:
        if counts(pair.wanted.key) and pair.wanted.key not in barred:
            draft.changes.append(_relabel(owner, pair, Reason.MARKER))
    if options.adopt:
        chosen = [p for p in comparison.unmarked if counts(p.wanted.key) and p.wanted.key not in barred]
        draft.changes += [_relabel(owner, p, Reason.ADOPT) for p in chosen]
    draft.changes += [_give_up(gone, live, observed) for gone, live in comparison.given_up if counts(gone.key)]
    if options.prune and options.selected is None:
        draft.changes += [_delete(live, observed) for live in comparison.orphans if not live.is_default]
    judged = [(change, keep(change)) for change in sorted(draft.changes, key=order)]
    changes = tuple(change for change, kept in judged if kept)
    said, unknown = guards.overrides(guards.NAMES, options.allow, options.allow_delete, observed.facts.trailers)
    scope = _scope(owner, comparison, observed, options, said, changes, wanted)
    draft.diagnostics += [*unknown, *guards.notes(scope)]
    draft.diagnostics += notes(comparison, prune=options.prune, adopt=options.adopt)
    adopted = () if options.adopt else tuple(p.wanted.key for p in comparison.unmarked if counts(p.wanted.key))
    return Plan(
        deployment=deployment,
        owner=owner,
        commit=commit,
        base=base,
        changes=changes,
        held=tuple(sorted(draft.held, key=lambda h: order(h.change))),
        refused=tuple(sorted(draft.refused, key=Diagnostic.order)),
        left_out=tuple(change for change, kept in judged if not kept),
        unchanged=tuple(p.wanted.key for p in comparison.same if counts(p.wanted.key)),
        adopted=adopted,
        untouched=tuple(_untouched(pair) for pair in _left_alone(comparison, changes)),
        drifted=tuple(sorted(draft.drifted)),
        unmanaged=len(comparison.unmanaged),
        foreign=comparison.foreign,
        copies=len(comparison.copies),
        guards=guards.judge(scope, said),
        diagnostics=tuple(sorted(draft.diagnostics, key=Diagnostic.order)),
    )


def _left_alone(comparison: Comparison, changes: tuple[Change, ...]) -> list[Pair]:
    """Those in step that this plan does not write: what is adopted and marked by it is not among them."""
    written = {assistant_id_of(change) for change in changes}
    pairs = (*comparison.same, *comparison.unmarked)
    return [pair for pair in pairs if pair.wanted.assistant_id not in written]


def _untouched(pair: Pair) -> Untouched:
    live = pair.live
    return Untouched(key=pair.wanted.key, assistant_id=live.assistant_id, version=live.row.number)


def _scope(
    owner: str,
    comparison: Comparison,
    observed: Observed,
    options: Options,
    said: Overrides,
    changes: tuple[Change, ...],
    wanted: int,
) -> Scope:
    """What the guards judge. A row under our derived id is ours without a marker too; what is only adopted is not, and
    a default without a manifest is not managed any more."""
    pairs = (*comparison.same, *comparison.mislabelled, *comparison.differs)
    ours = [p.live for p in pairs if p.live.mark is not None or not (p.wanted.adopts or p.wanted.default)]
    ours += [live for live in comparison.orphans if not live.is_default]
    ours += [live for _, live in comparison.given_up]
    return Scope(
        changes=changes,
        wanted=wanted,
        owned=len(ours),
        limits=options.limits,
        deletable=frozenset(said.deletes),
        owner=owner,
        ours=tuple(sorted((live for live in ours if is_ours(owner, live)), key=lambda live: live.assistant_id)),
        orphans=comparison.orphans,
        others=comparison.others,
        histories=observed.histories,
        facts=observed.facts,
    )


def _create(want: Wanted, seen: str | None) -> Create:
    note = None
    if seen is not None:
        note = f"git had it at {seen[:12]}, when others were written: deleted outside git, or never created"
    elif want.adopts:
        note = f"no assistant has the id {want.assistant_id} on this server: it is created under that id"
    return Create(wanted=want, reasons=(Reason.MANIFEST,), state=State.MISSING, fields=fields.created(want), note=note)


def _relabel(owner: str, pair: Pair, reason: Reason) -> Update:
    return Update(
        wanted=pair.wanted,
        live=pair.live,
        reasons=(reason,),
        state=State.IN_STEP,
        fields=fields.mislabelled(pair.wanted, owner, pair.live.row),
    )


def _delete(live: Live, observed: Observed, removed: Removed | None = None) -> Delete:
    losses = observed.losses.get(live.assistant_id, Losses())
    return Delete(live=live, reasons=(Reason.MANIFEST,), state=State.BEHIND, losses=losses, removed=removed)


def _give_up(gone: Removed, live: Live, observed: Observed) -> Delete | Update:
    """What `removed` asks for: a deletion, or an update that takes nothing but the marker."""
    if not gone.keep:
        return _delete(live, observed, gone)
    wanted = released(gone, live)
    return Update(
        wanted=wanted,
        live=live,
        reasons=(Reason.MANIFEST,),
        state=State.BEHIND,
        fields=fields.released(live.row),
    )


def _differing(draft: _Draft, owner: str, pair: Pair, observed: Observed, options: Options) -> None:
    want, live = pair.wanted, pair.live
    history = observed.histories.get(live.assistant_id, NO_HISTORY)
    standing = stand(want, owner, live, history, observed.bases.get(live.assistant_id, Base()))
    if standing.state is State.REFUSED:
        draft.refused.append(_not_taken(want, live))
        return
    if standing.guessed:
        draft.note(want, "base-unknown", f"{standing.guessed}; so what git has said since is not known")
    if not history.complete and history.read >= DEPTH:
        draft.note(want, "history-cut", f"only its newest {DEPTH} versions were looked at")
    change = _rewrite(owner, pair, history, standing)
    if Reason.DRIFT in standing.reasons:
        draft.drifted.append(want.key)
        strange = managed.unknown_form(live.mark)
        if strange is not None:
            draft.note(want, "marker-form", f"{strange}; so whether somebody changed it since is not known")
        named = want.key in options.named and options.on_drift is OnDrift.OVERWRITE
        policy = options.on_drift or want.on_drift or options.default_on_drift
        held = hold(change, standing, policy, named=named)
        if held is not None:
            draft.held.append(held)
            return
    draft.changes.append(change)


def _rewrite(owner: str, pair: Pair, history: History, standing: Standing) -> Update | Activate:
    """Activation of an older version where one holds the wanted content and nothing of others' would go back in
    time; a full update otherwise."""
    want, live = pair.wanted, pair.live
    changed = fields.changed(want, live.row)
    note = None
    if live.row.residue:
        note = "the server keeps values of another version beside the context (in config.configurable)"
    newest = history.rows[0].number if history.rows else None
    found = lookup.target(owner, pair, history.rows)
    if found is not None:
        return Activate(
            wanted=want,
            live=live,
            target=found.number,
            newest=newest,
            made=found.created_at,
            reasons=standing.reasons,
            state=standing.state,
            fields=changed,
            note=note,
        )
    return Update(
        wanted=want,
        live=live,
        newest=newest,
        reasons=standing.reasons,
        state=standing.state,
        fields=changed,
        note=note,
    )


def _not_taken(want: Wanted, live: Live) -> Diagnostic:
    names = ", ".join(f"`{'.'.join(map(str, f.path))}`" for f in fields.changed(want, live.row)[:5])
    return refusal(
        want,
        "not-taken",
        f"the server does not take what git wants: it was written, and {names or 'something'} came back different",
        hint="write the value as the server returns it; if something else sets this field, name it under `ignore:` "
        "or take it out of the manifest",
    )
