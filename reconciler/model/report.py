"""Report: what an apply did. What went otherwise than planned is an outcome, never a changed plan."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from reconciler.model.change import Change, assistant_id_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.trial import Ran, Trial, Verdict


class Result(StrEnum):
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    HELD = "held"
    STALE = "stale"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ROLLED_BACK = "rolled_back"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one change. `by` is the call that did it (`POST /assistants`, `PATCH`, `set-latest`, …, or both
    where a set-latest had to be repaired); `version` the one that is live afterwards; `error` says why not; `note` what
    else happened to the assistant during the run."""

    change: Change
    result: Result
    by: str | None = None
    version: int | None = None
    error: str | None = None
    note: str | None = None


class Check(Struct, frozen=True, kw_only=True):
    """What the tries of one assistant found after it was written. `before` is the version that was live then, None for
    one that was created. Where it was taken back, the outcome of its change says so, and `proof` is the run of the try
    that failed, by what is live again; `kept` says why it was not taken back though it failed."""

    key: str
    trials: tuple[Trial, ...]
    before: int | None = None
    proof: Ran | None = None
    kept: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of its trials: failed, unknown, not run, passed, shown."""
        found = {trial.verdict for trial in self.trials}
        order = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.PASSED, Verdict.SHOWN)
        return next(verdict for verdict in order if verdict in found)


class Report(Struct, frozen=True, kw_only=True):
    """`converged` is the proof read at the end: everything this run touched holds the wanted content.

    `interrupted` is set where the run was stopped before all was done, `unread` where nothing could be read at the end.
    `outdated` are the keys of a saved plan's changes for which nothing can be done any more, stale as well. `meanwhile`
    is what others did during the run to assistants that it left alone. `checks` are of what was written and has tries,
    where it was to be checked.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    converged: bool
    interrupted: bool = False
    unread: bool = False
    outdated: tuple[str, ...] = ()
    meanwhile: tuple[Diagnostic, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Those of the plan, and what others did meanwhile."""
        return (*self.plan.diagnostics, *self.meanwhile)

    @property
    def moved(self) -> tuple[Change, ...]:
        """The changes that a saved plan has in another form, as they are needed now."""
        stale = {assistant_id_of(o.change) for o in self.outcomes if o.result is Result.STALE}
        return tuple(change for change in self.plan.left_out if assistant_id_of(change) in stale)

    @property
    def exit_code(self) -> int:
        """6 unknown > 5 in part, interrupted or not converged > 4 stale > 0; 1 where all there was to do is refused."""
        results, checked = {o.result for o in self.outcomes}, {check.verdict for check in self.checks}
        if Result.UNKNOWN in results or Verdict.UNKNOWN in checked:
            return 6
        if self.plan.refused and not self.plan.changes:
            return 1
        if results & {Result.FAILED, Result.ROLLED_BACK} or self.interrupted or self.plan.refused:
            return 5
        if checked & {Verdict.FAILED, Verdict.NOT_RUN}:
            return 5
        if any(h.ahead for h in self.plan.held):
            return 5
        return 4 if Result.STALE in results or self.outdated else 0
