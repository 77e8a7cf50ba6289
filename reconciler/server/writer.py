"""The four calls that write. Each is sent once; what its answer means is said as a value, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.errors import Unreachable
from reconciler.model.json import JsonObject
from reconciler.model.write import Write
from reconciler.server.dialect import Dialect
from reconciler.server.reader import Reader
from reconciler.server.refusals import detail, refusal
from reconciler.server.transport import Answer, AnswerLost, Transport

GATEWAY = frozenset({502, 504})
"""Answers of something in between: the server behind it may have written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one write.

    `done`: the server said yes (which still has to be read back, docs/server.md, S30). `refused`: it said no, and
    nothing was written. `lost`: nobody knows. `gone`: what it was about is not there any more. `stale`: it is not what
    it was, and was left alone. `by` names the calls.
    """

    result: Literal["done", "refused", "lost", "gone", "stale"]
    by: str
    error: str | None = None


class Writer:
    """Writes through a transport that may write, in the dialect that a reader of the same run has learned."""

    def __init__(self, transport: Transport, reader: Reader) -> None:
        self._transport = transport
        self._reader = reader

    @property
    def _dialect(self) -> Dialect:
        return self._reader.dialect

    def create(self, write: Write) -> Written:
        """Create under the id of our own choice. Where that id is taken and yet cannot be read, the assistant's graph
        is gone or was (docs/server.md, S21), and one full PATCH makes it right."""
        by = "POST /assistants"
        answer = self._send("POST", "/assistants", self._dialect.body(write, create=True), by)
        if isinstance(answer, Written):
            return answer
        if answer.status == 409:
            return self._taken(write, by, answer)
        if not answer.ok:
            return self._refused(by, "creating it", answer, write)
        if self._dialect.knows_context and not _has_context(answer):
            # An empty server gave nothing to learn from: it knows no context and has dropped it (S5).
            self._dialect.knows_context = False
            second = self.update(write)
            return Written(result=second.result, by=f"{by}, then PATCH", error=second.error)
        if _identifier(answer) not in (None, write.assistant_id):
            return Written(
                result="refused",
                by=by,
                error=f"the server created another id, {_identifier(answer)}, than it was asked",
            )
        return Written(result="done", by=by)

    def update(self, write: Write) -> Written:
        """Send the full content: a new version. Where the answer shows that other people's metadata did not survive
        it, this server replaces metadata instead of merging it (S6), and they are put back at once."""
        by = "PATCH"
        answer = self._patch(write, by)
        if isinstance(answer, Written):
            return answer
        if answer.ok and self._dialect.merges_metadata and _lost(answer, write):
            self._dialect.merges_metadata = False
            by = "PATCH, then PATCH"
            answer = self._patch(write, by)
            if isinstance(answer, Written):
                return answer
        return Written(result="done", by=by) if answer.ok else self._refused(by, "updating it", answer, write)

    def _patch(self, write: Write, by: str) -> Answer | Written:
        body = self._dialect.body(write, create=False)
        return self._send("PATCH", f"/assistants/{write.assistant_id}", body, by)

    def set_latest(self, assistant_id: str, version: int) -> Written:
        """Make an older version active again. What that restores differs by server (docs/server.md, S17)."""
        by = "set-latest"
        answer = self._send("POST", f"/assistants/{assistant_id}/latest", {"version": version}, by)
        if isinstance(answer, Written):
            return answer
        return (
            Written(result="done", by=by) if answer.ok else self._refused(by, f"activating version {version}", answer)
        )

    def delete(self, assistant_id: str) -> Written:
        """Delete one assistant with all its versions. Its threads stay."""
        by = "DELETE"
        answer = self._send("DELETE", f"/assistants/{assistant_id}", None, by)
        if isinstance(answer, Written):
            return answer
        return Written(result="done", by=by) if answer.ok else self._refused(by, "deleting it", answer)

    def _send(self, method: str, path: str, body: JsonObject | None, by: str) -> Answer | Written:
        try:
            answer = self._transport.send(method, path, body)
        except Unreachable as error:
            return Written(result="refused", by=by, error=error.message)
        except AnswerLost as error:
            return Written(result="lost", by=by, error=error.message)
        if answer.status in GATEWAY:
            return Written(result="lost", by=by, error=f"a gateway answered {answer.status}")
        return answer

    def _taken(self, write: Write, by: str, answer: Answer) -> Written:
        if self._reader.get(write.assistant_id) is not None:
            return Written(result="refused", by=by, error="somebody created it in the meantime; plan again")
        repaired = self.update(write)
        by = f"{by}, then PATCH"
        if repaired.result == "done":
            return Written(result="done", by=by)
        if self._dialect.name == "Aegra":
            return Written(result=repaired.result, by=by, error=_twin(write))
        return Written(
            result=repaired.result,
            by=by,
            error=f"the id {write.assistant_id} is taken but cannot be read: it belongs to somebody else, "
            f"or to a graph that is not deployed there ({repaired.error})",
        )

    def _refused(self, by: str, what: str, answer: Answer, write: Write | None = None) -> Written:
        if answer.status == 404 and write is None:
            return Written(result="gone", by=by, error="it is not there any more")
        if write is not None and self._dialect.name == "Aegra" and answer.status in (409, 500):
            return Written(result="refused", by=by, error=f"{_twin(write)} ({answer.status})")
        if answer.status in (401, 403):
            return Written(result="refused", by=by, error=refusal(self._transport, what, answer).message)
        said = detail(self._transport, answer)
        return Written(
            result="refused", by=by, error=f"{what} failed with {answer.status}{': ' + said if said else ''}"
        )


def _twin(write: Write) -> str:
    """Aegra allows one assistant per user, graph and config (docs/server.md, S13)."""
    return (
        f"Aegra allows no two assistants of graph `{write.spec.graph_id}` with equal config and context, "
        "and another one has these; make them differ in one field"
    )


def _lost(answer: Answer, write: Write) -> bool:
    """Whether a metadata key of others is missing from the answer to a PATCH that did not name it."""
    metadata = _answer(answer).get("metadata")
    return isinstance(metadata, dict) and not write.foreign.keys() <= metadata.keys()


def _has_context(answer: Answer) -> bool:
    body = _answer(answer)
    return not body or "context" in body


def _identifier(answer: Answer) -> str | None:
    found = _answer(answer).get("assistant_id")
    return found if isinstance(found, str) else None


def _answer(answer: Answer) -> JsonObject:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
