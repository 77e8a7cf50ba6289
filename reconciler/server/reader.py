"""Everything that is read from a server. Reads are retried; nothing here can write."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from reconciler.errors import ServerError, Unreachable
from reconciler.model.json import Json, JsonObject, canonical
from reconciler.model.live import History, Live, Version
from reconciler.server.budget import Budget
from reconciler.server.dialect import Dialect
from reconciler.server.refusals import not_an_agent_server, refusal
from reconciler.server.transport import Answer, AnswerLost, NothingThere, Transport

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that another try may heal. For a read that is harmless."""

LARGEST_PAGES = (1000, 100)
"""A server that refuses the first takes the second (docs/server.md, S19)."""

ATTEMPTS = 4


class _TryAgain(Exception):
    """A passing failure of a read, with what it was."""

    def __init__(self, error: ServerError, answer: Answer | None = None) -> None:
        self.error, self.answer = error, answer


def _wait(error: Exception) -> bool | float:
    """Whether to try once more, and how many seconds the server asks to wait."""
    if not isinstance(error, _TryAgain):
        return False
    return retry_after(error.answer, 0.0) or True if error.answer else True


def retry_after(answer: Answer, default: float) -> float:
    """The seconds that an answer asks to wait, at most 30."""
    after = answer.headers.get("retry-after", "")
    return min(float(after), 30.0) if after.isdecimal() else default


class Reader:
    """Reads assistants, histories and schemas. Learns the server's dialect on the way. `budget` is that of the run, for
    the writes too."""

    def __init__(self, transport: Transport) -> None:
        """Asks /info first, which may be switched off. Raises Unsupported for a server that is refused by name,
        and whatever keeps it from being reached."""
        self._transport = transport
        self.budget = Budget()
        answer = self._get("/info")
        try:
            info = answer.json() if answer.ok else {}
        except ValueError:
            info = {}
        self.info: JsonObject = info if isinstance(info, dict) else {}
        self.dialect = Dialect(self.info)

    def assistants(self) -> list[Live]:
        """Every assistant that this key may see, by assistant_id. Pages are read to the end, never by a total.

        Raises NotAnAgentServer, Unauthorized, ServerError.
        """
        rows: dict[str, JsonObject] = {}
        for page in self._pages():
            for row in page:
                rows[str(row.get("assistant_id"))] = row
        found = [rows[identifier] for identifier in sorted(rows)]
        self.dialect.observe(found)
        return [self.dialect.live(row) for row in found]

    def get(self, assistant_id: str) -> Live | None:
        """One assistant, or None where the server says 404."""
        row = self._row(assistant_id)
        return self.dialect.live(row) if row is not None else None

    def row(self, assistant_id: str) -> JsonObject | None:
        """One assistant as the server says it, or None where there is none.

        One whose graph is gone answers 404 and is listed all the same (docs/server.md, S21): then it is looked for
        there.
        """
        row = self._row(assistant_id)
        if row is not None:
            return row
        listed = (row for page in self._pages() for row in page)
        return next((row for row in listed if row.get("assistant_id") == assistant_id), None)

    def versions(self, assistant_id: str, page: int = 10) -> list[JsonObject]:
        """Every version as the server says it, in its order; two of one number are both there. The list ends where
        a page brings nothing new, never because one is short (docs/server.md, S16).

        Raises ServerError where not all of them can be read.
        """
        found: dict[bytes, JsonObject] = {}
        offset = 0
        while True:
            answer = self._post(f"/assistants/{assistant_id}/versions", {"limit": page, "offset": offset})
            if answer.status == 404 and found:
                return list(found.values())
            if not answer.ok:
                raise refusal(self._transport, f"reading the versions of {assistant_id}", answer)
            rows, before = self._rows(_parsed(answer), strict=True), len(found)
            offset += len(rows)
            for row in rows:
                found.setdefault(canonical(row), row)
            if len(found) == before:
                return list(found.values())

    def count(self, what: Literal["threads", "runs/crons"], assistant_id: str) -> int | None:
        """How many threads or crons belong to an assistant; None where this server does not count them (S23)."""
        asked: JsonObject = {"assistant_id": assistant_id}
        answer = self._post(f"/{what}/count", {"metadata": asked} if what == "threads" else asked)
        try:
            number = answer.json() if answer.ok else None
        except ValueError:
            return None
        counted = isinstance(number, int) and not isinstance(number, bool) and number >= 0
        return number if counted and isinstance(number, int) else None

    def history(self, assistant_id: str, page: int, enough: Callable[[Sequence[Version]], bool]) -> History:
        """Versions, newest first, in pages of `page`, until `enough` says so or there are no more. Of two rows with
        one number, which a restart may leave behind, the first listed counts.

        A server may ignore limit and offset and answer everything at once, or 404 past the end (docs/server.md, S16).
        """
        rows: list[Version] = []
        numbers: set[int] = set()
        offset = 0
        while True:
            body: JsonObject = {"limit": page, "offset": offset}
            answer = self._post(f"/assistants/{assistant_id}/versions", body)
            if answer.status == 404:
                return History(rows=tuple(rows), complete=True)
            if not answer.ok:
                raise refusal(self._transport, f"reading the versions of {assistant_id}", answer)
            found = [self.dialect.version_row(row) for row in self._rows(_parsed(answer))]
            offset += len(found)
            before = len(rows)
            for row in found:
                if row.number not in numbers:
                    numbers.add(row.number)
                    insort(rows, row, key=_newest_first)
            complete = len(found) != page or len(rows) == before
            if complete or enough(rows):
                return History(rows=tuple(rows), complete=complete)

    def schema(self, assistant_id: str) -> Answer:
        """The raw answer of /schemas, so that its failures can be told apart (docs/server.md, S20)."""
        return self._get(f"/assistants/{assistant_id}/schemas")

    def graph(self, assistant_id: str) -> Answer:
        """The raw answer of /graph: what the assistant's graph is made of (docs/server.md, S20)."""
        return self._get(f"/assistants/{assistant_id}/graph")

    def refusal(self, what: str, answer: Answer) -> ServerError:
        """The error for an answer that is not a success."""
        return refusal(self._transport, what, answer)

    def _pages(self) -> Iterator[list[JsonObject]]:
        limit, offset = LARGEST_PAGES[0], 0
        while True:
            body: JsonObject = {"limit": limit, "offset": offset, "sort_by": "assistant_id", "sort_order": "asc"}
            answer = self._post("/assistants/search", body)
            if answer.status in (400, 422) and limit == LARGEST_PAGES[0]:
                limit = LARGEST_PAGES[1]
                continue
            found = _parsed(answer) if answer.ok else None
            if offset == 0 and answer.status not in (401, 403) and not 300 <= answer.status < 400:
                self._assert_agent_server(answer, found)
            if not answer.ok:
                raise refusal(self._transport, "listing the assistants", answer)
            rows = self._rows(found)
            yield rows
            offset += len(rows)
            if not rows or (len(rows) < limit and "x-pagination-next" not in answer.headers):
                return

    def _assert_agent_server(self, answer: Answer, body: Json) -> None:
        if answer.status >= 500:
            return
        if not isinstance(body, list) or not all(isinstance(r, dict) and "assistant_id" in r for r in body):
            raise not_an_agent_server(self._transport, answer)

    def _row(self, assistant_id: str) -> JsonObject | None:
        answer = self._get(f"/assistants/{assistant_id}")
        if answer.status == 404:
            return None
        if not answer.ok:
            raise refusal(self._transport, f"reading assistant {assistant_id}", answer)
        return self._object(answer)

    def _rows(self, body: Json, *, strict: bool = False) -> list[JsonObject]:
        if not isinstance(body, list):
            raise ServerError(f"{self._transport.address.url} answered something that is no list")
        if strict and not all(isinstance(row, dict) for row in body):
            raise ServerError(f"{self._transport.address.url} answered a list with something else than objects in it")
        return [row for row in body if isinstance(row, dict)]

    def _object(self, answer: Answer) -> JsonObject:
        body = _parsed(answer)
        if not isinstance(body, dict):
            raise ServerError(f"{self._transport.address.url} answered something that is no object")
        return body

    def _get(self, path: str) -> Answer:
        return self._read("GET", path, None)

    def _post(self, path: str, body: JsonObject) -> Answer:
        return self._read("POST", path, body)

    def _read(self, method: str, path: str, body: JsonObject | None) -> Answer:
        """One read, tried again where that may help and the budget of the run allows. The last answer is returned
        whatever its status."""
        tried = 0

        def wait(error: Exception) -> bool | float:
            seconds = _wait(error)
            return seconds if seconds is not False and tried < ATTEMPTS and self.budget.take() else False

        def once() -> Answer:
            nonlocal tried
            tried += 1
            try:
                answer = self._transport.send(method, path, body)
            except (AnswerLost, NothingThere) as error:
                raise _TryAgain(error) from None
            if answer.status in PASSING:
                raise _TryAgain(refusal(self._transport, f"{method} {path}", answer), answer)
            self.budget.earn()
            return answer

        try:
            return once()
        except _TryAgain as error:
            failed = error
        from reconciler.server.again import again

        try:
            return again(once, failed, on=wait, attempts=ATTEMPTS)
        except _TryAgain as last:
            if last.answer is not None:
                return last.answer
            if isinstance(last.error, NothingThere):
                raise last.error from None
            times = f", {tried} times in a row" if tried > 1 else ""
            raise Unreachable(
                f"{self._transport.address.url}: {last.error.message}{times}",
                hint="is it the right address? A slow server gets more seconds by `timeout:` under the deployment",
            ) from None


def _parsed(answer: Answer) -> Json:
    """The body, or None where it is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def _newest_first(row: Version) -> int:
    return -row.number
