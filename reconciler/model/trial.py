"""What came of a try: of each run an end, of two runs beside each other a trial."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.model.json import Json
from reconciler.model.plan import Deployment
from reconciler.model.tries import Try


class Call(Struct, frozen=True, kw_only=True):
    """A tool that the graph would call next, where the run stopped before it does."""

    tool: str
    arguments: Json


class Answered(Struct, frozen=True, kw_only=True):
    """The run came to its end, or to where it was to stop (`stopped`). `text` is what it says, `output` all of the
    graph's values, `calls` what it would call next. `cut` says that the output was too large to keep: only the text
    was, as far as it goes. `seconds` is how long it took, as seen from here. `asks` is what the graph itself stopped to
    ask (`interrupt()`); `left` is as in Unknown."""

    text: str
    output: Json
    seconds: float
    calls: tuple[Call, ...] = ()
    stopped: bool = False
    cut: bool = False
    asks: str | None = None
    left: str | None = None


class Erred(Struct, frozen=True, kw_only=True):
    """The graph failed, inside an HTTP 200 (docs/server.md, S8), or nothing ran, and `started` is False: the server
    refused the run, or it was not sent. `error` is its name, `message` its words, `fields` the context fields that it
    names."""

    error: str
    message: str
    fields: tuple[str, ...] = ()
    seconds: float = 0.0
    started: bool = True


class Unknown(Struct, frozen=True, kw_only=True):
    """How the run ended is not known: an answer that was lost, a run that took too long or was stopped by us. `left`
    names what of it may still be on the server, where we could not see to that."""

    why: str
    left: str | None = None


class NotRun(Struct, frozen=True, kw_only=True):
    """It was never sent: interrupted, past a limit."""

    why: str


Ran: TypeAlias = Answered | Erred | Unknown | NotRun


class Verdict(StrEnum):
    """`shown`: it answered, and nothing was expected of it."""

    PASSED = "passed"
    SHOWN = "shown"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_RUN = "not_run"


class Trial(Struct, frozen=True, kw_only=True):
    """One try of one assistant. `after` is the run of the manifest's context, `before` of what it is compared with:
    None where there is nothing to compare it with, or both contexts are the same. `failures` are the expectations that
    the answer does not meet, in words. `notes` is what the reader has to know of how it ran (which of its fields
    stayed, why there is no answer before)."""

    key: str
    tried: Try
    after: Ran
    before: Ran | None = None
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        match self.after:
            case Unknown():
                return Verdict.UNKNOWN
            case NotRun():
                return Verdict.NOT_RUN
            case Erred():
                return Verdict.FAILED
            case Answered():
                if self.failures:
                    return Verdict.FAILED
                return Verdict.SHOWN if self.tried.expect.says_nothing else Verdict.PASSED


class Tried(Struct, frozen=True, kw_only=True):
    """What `try` found on one deployment. `against` is `live` or the commit that the answers before are of. `alike`
    has, by the key of an assistant that was tried, those whose change is the same and that were not; `untried` why
    others were not. `off` says why nothing was tried at all, where something might have been."""

    deployment: Deployment
    owner: str
    commit: str | None = None
    against: str = "live"
    trials: tuple[Trial, ...] = ()
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untried: Mapping[str, str] = field(default_factory=dict)
    off: str | None = None
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """1 where an expectation failed or a run did; 6 where the end of one is not known; 5 where one was not run."""
        verdicts = {trial.verdict for trial in self.trials}
        if Verdict.FAILED in verdicts:
            return 1
        if Verdict.UNKNOWN in verdicts:
            return 6
        return 5 if self.interrupted or Verdict.NOT_RUN in verdicts else 0
