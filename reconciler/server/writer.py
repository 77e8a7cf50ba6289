"""The four calls that write. Each is sent once; what its answer means is said as a value, never guessed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from reconciler.errors import ServerError, Unreachable
from reconciler.model.json import JsonObject
from reconciler.model.write import Write
from reconciler.server.dialect import Dialect
from reconciler.server.reader import Reader, retry_after
from reconciler.server.refusals import detail, refusal
from reconciler.server.transport import Answer, AnswerLost, Transport

GATEWAY = frozenset({502, 503, 504})
"""Answers of something in between: the server behind it may have written."""


class Written(Struct, frozen=True, kw_only=True):
    """What became of one write.

    `done`: the server said yes (which still has to be read back, docs/server.md, S30). `refused`: it said no. `lost`:
    nobody knows. `unsent`: it did not get there, or was not let in, and may be sent again after so many seconds.
    `gone`: what it was about is not there any more. `stale`: it is not what it was, and was left alone. `by` names the
    calls; `versions` counts those that make a new version and were answered with yes. `resent`: it was sent again after
    one whose answer was lost, and which may have come late. `errored`: the no was an error of the server's own (5xx),
    which may have written before it (docs/server.md, S10).
    """

    result: Literal["done", "refused", "lost", "unsent", "gone", "stale"]
    by: str
    error: str | None = None
    versions: int = 0
    after: float = 0.0
    resent: bool = False
    errored: bool = False


class Writer:
    """Writes through a transport that may write, in the dialect that a reader of the same run has learned.

    Safe for several threads: what an answer teaches is judged by what was sent, not by what is known by then.
    """

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
        body = self._dialect.body(write, create=True)
        answer = self._send("POST", "/assistants", body, by)
        if isinstance(answer, Written):
            return answer
        if answer.status == 409:
            return self._taken(write, by)
        if not answer.ok:
            return self._refused(by, "creating it", answer, write)
        found = _object(answer)
        if "context" in body and found and "context" not in found:
            # A server that listed nothing gave nothing to learn from: it knows no context and has dropped it (S5).
            self._dialect.learn_no_context()
            return self._after(self.update(write), by)
        if found.get("assistant_id", write.assistant_id) != write.assistant_id:
            error = f"the server created {found['assistant_id']}, another id than it was asked for"
            return Written(result="refused", by=by, error=error)
        return Written(result="done", by=by, versions=1)

    def update(self, write: Write) -> Written:
        """Send the full content: a new version. Where the answer shows that this server replaces metadata instead of
        merging it (S6), other people's are put back at once."""
        by = "PATCH"
        answer, sent = self._patch(write, by)
        if isinstance(answer, Written):
            return answer
        if answer.ok and self._replaces(answer, sent, write):
            self._dialect.learn_replaced_metadata()
            answer, _ = self._patch(write, by)
            if isinstance(answer, Written):
                return self._after(answer, by)
            by = f"{by}, then {by}"
        if not answer.ok:
            return self._refused(by, "updating it", answer, write)
        return Written(result="done", by=by, versions=by.count("PATCH"))

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

    def _patch(self, write: Write, by: str) -> tuple[Answer | Written, JsonObject]:
        body = self._dialect.body(write, create=False)
        return self._send("PATCH", f"/assistants/{write.assistant_id}", body, by), body

    def _replaces(self, answer: Answer, sent: JsonObject, write: Write) -> bool:
        """Whether metadata of others, which this PATCH did not name, is missing because it was not named.

        A server that drops what is not named keeps none of it, but for what an auth handler adds anew to each row.
        Where another key is still there, somebody made an older version active right before the PATCH, and what is
        missing is what that took back (S17): writing it again would be a second version for nothing.
        """
        named = sent["metadata"]
        unnamed = write.foreign.keys() - (named.keys() if isinstance(named, dict) else ())
        lost = _lost(answer, frozenset(unnamed))
        return bool(lost) and unnamed - lost <= self._dialect.on_every_row

    def _send(self, method: str, path: str, body: JsonObject | None, by: str) -> Answer | Written:
        try:
            answer = self._transport.send(method, path, body)
        except Unreachable as error:
            return Written(result="unsent", by=by, error=error.message, after=0.2)
        except AnswerLost as error:
            return Written(result="lost", by=by, error=error.message)
        if answer.status in GATEWAY:
            return Written(result="lost", by=by, error=f"a gateway answered {answer.status}")
        if answer.status == 429:
            return Written(result="unsent", by=by, error="the server is busy (429)", after=retry_after(answer, 1.0))
        return answer

    def _taken(self, write: Write, by: str) -> Written:
        """A 409 on create. Only an id that is our own is repaired: any other may have been meant by somebody else."""
        try:
            there = self._reader.get(write.assistant_id) is not None
        except ServerError as error:
            return Written(result="refused", by=by, error=f"the id is taken, and cannot be read: {error.message}")
        if there:
            return Written(result="refused", by=by, error="somebody created it in the meantime; plan again")
        hidden = (
            f"the id {write.assistant_id} is taken but cannot be read: it belongs to somebody else, "
            "or to a graph that is not deployed there"
        )
        if not write.derived:
            return Written(result="refused", by=by, error=hidden)
        repaired = self._after(self.update(write), by)
        if repaired.result == "done":
            return repaired
        why = _twin(write) if self._dialect.one_per_config else f"{hidden} ({repaired.error})"
        return Written(result=repaired.result, by=repaired.by, error=why)

    @staticmethod
    def _after(second: Written, by: str) -> Written:
        """A write that another one came before."""
        return Written(
            result=second.result,
            by=f"{by}, then {second.by}",
            error=second.error,
            versions=second.versions + 1,
            errored=second.errored,
        )

    def _refused(self, by: str, what: str, answer: Answer, write: Write | None = None) -> Written:
        if answer.status == 404 and by in ("DELETE", "set-latest"):
            return Written(result="gone", by=by, error="it is not there any more")
        if write is not None and self._dialect.one_per_config and answer.status in (409, 500):
            error, errored = f"{_twin(write)} ({answer.status})", answer.status >= 500
            return Written(result="refused", by=by, error=error, errored=errored)
        if answer.status in (401, 403):
            return Written(result="refused", by=by, error=refusal(self._transport, what, answer).message)
        said = detail(self._transport, answer)
        error = f"{what} failed with {answer.status}{': ' + said if said else ''}"
        return Written(result="refused", by=by, error=error, errored=answer.status >= 500)


def _twin(write: Write) -> str:
    """Aegra allows one assistant per user, graph and config (docs/server.md, S13)."""
    return (
        f"Aegra allows no two assistants of graph `{write.spec.graph_id}` with equal config and context, "
        "and another one has these; make them differ in one field"
    )


def _lost(answer: Answer, names: frozenset[str]) -> frozenset[str]:
    """Those of these metadata keys that the answer lacks; none where it says no metadata."""
    metadata = _object(answer).get("metadata")
    return names - metadata.keys() if isinstance(metadata, dict) else frozenset()


def _object(answer: Answer) -> JsonObject:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
