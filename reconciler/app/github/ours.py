"""Which comments and issues are about a deployment, by their first line.

Where no plan could be made the owner may not be known, and is not in the line: such a one is found again by those that
know it, and finds theirs.
"""

from __future__ import annotations

import re

from reconciler.github.threads import IsOurs
from reconciler.render.hidden import Kind, begins, first_line

_NAME = "[A-Za-z0-9._-]*"


def about(kind: Kind, owner: str | None, deployment: str) -> IsOurs:
    """Whether a body is about this deployment, and of this owner."""
    if owner is not None:
        own, unowned = first_line(kind, owner, deployment), first_line(kind, None, deployment)
        return lambda body: begins(body, own) or begins(body, unowned)
    line = re.compile(rf"<!-- reconciler:{kind} owner={_NAME} deployment={re.escape(deployment)} -->[ \r]*(?:\n|\Z)")
    return lambda body: line.match(body) is not None
