"""What a deployment holds: one listing, and histories only of what differs from git. Reads only."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.app.observe import Inputs, look_up
from reconciler.app.session import Session
from reconciler.core import listing as core
from reconciler.core.compare import compare
from reconciler.core.plan import Observed
from reconciler.model.listing import Listing


def list_assistants(
    given: Inputs, session: Session, *, unmanaged: bool = False, progress: Callable[[str], None] = lambda line: None
) -> Listing:
    """Every assistant that git names or that is ours, with its state; with `unmanaged` all that is there. Raises
    ServerError."""
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    comparison = compare(given.owner, given.wanted, lives, given.removed)
    histories, bases = look_up(given, session.reader, comparison.differs, progress)
    observed = Observed(histories=histories, bases=bases)
    return core.listing(session.deployment, given.owner, comparison, observed, given.wanted, lives, unmanaged=unmanaged)
