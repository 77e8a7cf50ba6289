"""One assistant whose tries are run after an apply: its trials, and what became of it in the end."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.app.go_back import CHANGED, CREATED
from reconciler.core import checks
from reconciler.core.checks import Due
from reconciler.model.report import Check, Outcome, Result
from reconciler.model.trial import NotRun, Ran, Trial, Verdict


class Checked(Struct):
    """One assistant on its way: its trials, and what keeps it as it was written though one failed."""

    due: Due
    trials: list[Trial] = field(default_factory=list)
    excuses: dict[str, str] = field(default_factory=dict)
    """By the name of a try: why it does not count against what was written."""
    kept: str | None = None
    taken_back: bool = False
    unknown: bool = False
    """Whether it was taken back is not known, or it was not as it should be: the outcome says so."""
    proof: Ran | None = None

    @property
    def identifier(self) -> str:
        return self.due.wanted.assistant_id

    @property
    def failed(self) -> list[Trial]:
        """Those that what was written is to be blamed for."""
        return [t for t in self.trials if t.verdict is Verdict.FAILED and t.tried.name not in self.excuses]

    def after(self, outcome: Outcome, done: Outcome) -> Outcome:
        """What became of its change, once going back came to `done`. Where it stays, the check says why."""
        why = checks.blame(self.failed)
        match done.result:
            case Result.APPLIED | Result.UNCHANGED:
                self.taken_back = True
                now = replace(outcome, result=Result.ROLLED_BACK, error=why, note=done.note)
            case Result.UNKNOWN:
                self.unknown = True
                error = f"{why}; whether it was taken back is not known: {done.error}"
                now = replace(outcome, result=Result.UNKNOWN, error=error)
            case Result.FAILED if done.by is not None and done.version != outcome.version:  # else nothing was sent
                self.unknown = True
                now = replace(outcome, result=Result.FAILED, error=f"{why}; taking it back went wrong: {done.error}")
            case _:
                self.kept = CHANGED if done.result is Result.STALE else f"it was not taken back: {done.error}"
                return outcome
        return replace(now, by=done.by, version=done.version)

    def settle(self, why: str) -> None:
        """See to it that there is a trial of each try, and a reason where it stays as it was written though it failed.
        `why` is what ended the check early, if anything did."""
        left = self.due.wanted.tries[len(self.trials) :]
        self.trials += [checks.tried(self.due, what, NotRun(why=why)) for what in left]
        if self.failed and not self.taken_back and self.kept is None and not self.unknown:
            self.kept = CREATED if self.due.before is None else why
        elif not self.failed and self.excuses:
            self.kept = next(iter(self.excuses.values()))

    def finished(self) -> Check:
        """What the report says of it."""
        before = self.due.before
        return Check(
            key=self.due.wanted.key,
            trials=tuple(self.trials),
            before=before.row.number if before is not None else None,
            proof=self.proof,
            kept=self.kept,
        )
