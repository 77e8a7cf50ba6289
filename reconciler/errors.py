"""Every error a user can meet, as one tree. Each class carries its exit code and may carry a hint and a place.

ReconcilerError            1   something is wrong; message and hint say what, and what to do
├── UsageError             1   the command line asks for something that cannot be
├── SettingsError          1   reconciler.yaml is missing, broken, or names what is not there
├── InvalidSource          1   manifests or schemas are wrong; carries every diagnostic of the run
└── ServerError            1   the server said no, said something unusable, or cannot be reached
    ├── Unreachable        1   nothing answered
    ├── Unauthorized       1   401 or 403
    ├── NotAnAgentServer   1   something answered, but not an Agent Server
    └── Unsupported        1   an Agent Server this tool refuses by name
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.diagnostic import Diagnostic


class ReconcilerError(Exception):
    """`message` is one or two lines that say what is wrong; `hint` is what to do, often a line to paste."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ReconcilerError):
    pass


class SettingsError(ReconcilerError):
    """`path`, `line` and `column` (1-based) say where in the settings, where that is known."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.path, self.line, self.column = path, line, column


class InvalidSource(ReconcilerError):
    """The tree cannot be used as it is. `diagnostics` holds all that was found, errors and warnings."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = sum(1 for d in self.diagnostics if d.severity == "error")
        super().__init__(f"{errors} error{'s' if errors != 1 else ''}")


class ServerError(ReconcilerError):
    pass


class Unreachable(ServerError):
    pass


class Unauthorized(ServerError):
    pass


class NotAnAgentServer(ServerError):
    pass


class Unsupported(ServerError):
    pass
