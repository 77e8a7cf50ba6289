"""What the sandbox raises: one class, whose message a user can act on."""

from reconciler.errors import ReconcilerError


class SandboxError(ReconcilerError):
    """The sandbox cannot start, or was lost; the text says what to do, in one or two lines."""
