"""The whole history of an assistant, saved before it is deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from reconciler.errors import ReconcilerError, ServerError
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.model.plan import Deployment
from reconciler.render.json import dumps
from reconciler.repo.backup import FORMAT_VERSION, Folder
from reconciler.server.reader import Reader

SERVER = ("name", "version", "langgraph_py_version", "langgraph_js_version")
"""What of /info says how a server keeps values: without it the rows cannot be read for certain (docs/server.md, S3)."""


def now() -> datetime:
    return datetime.now(UTC)


class Backup:
    """Saves assistants of one server into one folder. Safe for several threads."""

    def __init__(
        self,
        folder: Folder,
        deployment: Deployment,
        owner: str,
        reader: Reader,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._folder, self._deployment, self._owner = folder, deployment, owner
        self._reader, self._clock = reader, clock

    def __call__(self, live: Live) -> str:
        """Save one with all its versions, as the server says them, and name the file: it is on the disk by then.

        Raises ServerError where not everything can be read, ReconcilerError where it cannot be written.
        """
        document = self._document(live.assistant_id)
        key = live.mark.key if live.mark is not None else ""
        try:
            text = dumps(document)
        except ValueError:
            raise ReconcilerError("the server says numbers that are no JSON") from None
        return self._folder.save(key, live.assistant_id, text.encode())

    def _document(self, assistant_id: str) -> JsonObject:
        row = self._reader.row(assistant_id)
        if row is None:
            raise ServerError("it cannot be read")
        versions = self._reader.versions(assistant_id)
        if row.get("version") not in [version.get("version") for version in versions]:
            raise ServerError("its history lacks the version that is live")
        info = self._reader.info
        return {
            "format_version": FORMAT_VERSION,
            "deployment": {"name": self._deployment.name, "url": self._deployment.url},
            "server": {name: value for name in SERVER if isinstance(value := info.get(name), str)},
            "owner": self._owner,
            "taken_at": self._clock().isoformat(timespec="seconds"),
            "assistant": row,
            "versions": list(versions),
        }
