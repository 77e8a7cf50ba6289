"""Where no plan can be made, the files that people are to read say so: a report is always written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.app.source import open_repository
from reconciler.cli.options import Where
from reconciler.cli.output import Kind, emit
from reconciler.errors import InvalidSource, ReconcilerError


@contextmanager
def told(formats: Iterable[tuple[Kind, Path | None]], where: Where, settings_from: str | None) -> Iterator[None]:
    """Writes what goes wrong inside to the files of the formats `comment` and `summary`, and lets it pass."""
    try:
        yield
    except Exception as error:
        files = [(kind, file) for kind, file in formats if file is not None and kind in ("comment", "summary")]
        if files:
            owner = _owner(where, settings_from)
            for kind, file in files:
                emit(_said(error, owner, where.deployment, kind), file)
        raise


def _said(error: Exception, owner: str | None, deployment: str | None, kind: Kind) -> str:
    from reconciler.render import comment

    render = comment.failed if kind == "comment" else comment.failed_summary
    if not isinstance(error, ReconcilerError):
        message = f"a mistake in reconciler itself: {type(error).__name__}"
        return render(owner, deployment, message, "the log of this run says where", ())
    found = error.diagnostics if isinstance(error, InvalidSource) else ()
    return render(owner, deployment, error.message, error.hint, found)


def _owner(where: Where, settings_from: str | None) -> str | None:
    try:
        return open_repository(where.directory, settings_from).settings.owner
    except ReconcilerError:
        return None
