"""What a deletion takes with it, read before anybody is asked: versions, threads, crons (docs/server.md, S23)."""

from __future__ import annotations

from reconciler.core import lookup
from reconciler.model.change import Losses
from reconciler.model.live import History
from reconciler.server.reader import Reader

MOST_VERSIONS = 50
"""More than these are not counted: one assistant's versions can be megabytes (docs/server.md, S16)."""


def every_version(reader: Reader, assistant_id: str) -> History:
    """The versions of one that may be deleted: all of them, or enough to know that they are more than the most."""
    return reader.history(assistant_id, lookup.PAGE, lambda rows: len(rows) > MOST_VERSIONS)


def losses(reader: Reader, assistant_id: str, history: History) -> Losses:
    """What hangs on one assistant. Reads only; what this server does not count is None."""
    found = len(history.rows)
    more = found > MOST_VERSIONS
    return Losses(
        versions=(MOST_VERSIONS if more else found) or None,
        more=more,
        threads=reader.count("threads", assistant_id),
        crons=reader.count("runs/crons", assistant_id),
    )
