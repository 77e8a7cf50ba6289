"""What GitHub may answer otherwise than wanted, told apart where something else follows from it."""

from __future__ import annotations

from reconciler.errors import ReconcilerError


class GitHubError(ReconcilerError):
    pass


class Forbidden(GitHubError):
    """403 that is no limit of requests: the token may not do that."""


class NotThere(GitHubError):
    """404: it does not exist, or this token may not see it."""


class Refused(GitHubError):
    """422: GitHub does not take what was sent."""


class Lost(GitHubError):
    """A request that is not idempotent may have been carried out or not: look before it is sent again."""
