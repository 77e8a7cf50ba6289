"""What happened outside git: list, compare, look up what differs, judge. Reads only."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.app.observe import Inputs, look_up
from reconciler.app.session import Session
from reconciler.core import drift as core
from reconciler.core.compare import compare
from reconciler.core.plan import Observed
from reconciler.model.drift import Drift


def find_drift(
    given: Inputs,
    session: Session,
    *,
    selected: frozenset[str] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Drift:
    """The drift of the assistants of `selected` keys (None: all) on one server. Raises ServerError."""
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    comparison = compare(given.owner, given.wanted, lives, given.removed)
    pairs = [pair for pair in comparison.differs if selected is None or pair.wanted.key in selected]
    histories, bases = look_up(given, session.reader, pairs, progress, enough=core.enough)
    missing = [want for want in comparison.missing if selected is None or want.key in selected]
    observed = Observed(histories=histories, bases=bases, seen_before=given.seen_before(lives, missing))
    return core.drift(session.deployment, given.owner, comparison, observed, selected=selected, commit=given.commit)
