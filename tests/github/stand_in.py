"""A stand-in for GitHub's API on loopback: issues, comments, pull requests, with what goes wrong there.

Pages by `Link`; refuses bodies over 65,536 characters (422), writes of a read-only token (403), unknown tokens (401).
Faults are given per request, by its number. `python -m tests.github.stand_in` serves one until it is killed.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

Fault = Literal["500", "500 after", "502", "closed", "closed after", "429", "403 limited", "redirect"]
FAULTS: tuple[Fault, ...] = ("500", "500 after", "502", "closed", "closed after", "429", "403 limited")
"""Those that another try heals. `after`: it was done, and the answer says otherwise."""

BOT = "github-actions[bot]"
LONGEST = 65_536


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    token: str
    body: Any
    host: str


@dataclass
class StandIn:
    """One repository. `tokens` says who writes with which token; those of `readers` may only read. `fault` is asked for
    each request, by its number from 0; `page` caps how many come at once, whatever was asked for."""

    repository: str = "acme/agents"
    tokens: dict[str, str] = field(default_factory=lambda: {"bot-token": BOT})
    readers: set[str] = field(default_factory=set)
    page: int = 100
    fault: Callable[[int], Fault | None] = lambda number: None
    retry_after: str = "0"
    elsewhere: str = "http://127.0.0.1:9/elsewhere"
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    merged: dict[str, list[int]] = field(default_factory=dict)
    commits: dict[str, str] = field(default_factory=dict)
    """The e-mail address of the author, by commit."""
    requests: list[Request] = field(default_factory=list)
    next_link: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _number: int = 0

    def pull(self, number: int, sha: str, *, merged: bool = False, base: str = "main", branch: str = "topic") -> None:
        """A pull request is there, at this commit."""
        self.pulls[number] = {
            "number": number,
            "state": "closed" if merged else "open",
            "merged_at": "2026-11-20T10:00:00Z" if merged else None,
            "head": {"sha": sha, "ref": branch, "repo": {"full_name": self.repository}},
            "base": {"ref": base, "repo": {"full_name": self.repository}},
            "title": f"Pull request {number}",
            "body": "",
        }

    def comment(self, issue: int, body: str, login: str = BOT) -> int:
        """Somebody writes a comment."""
        number = self._next()
        self.comments[number] = {"id": number, "issue": issue, "body": body, "user": {"login": login}}
        return number

    def issue(self, body: str, login: str = BOT, *, state: str = "open", title: str = "An issue") -> int:
        """Somebody opens an issue."""
        number = self._next()
        self.issues[number] = {
            "number": number,
            "title": title,
            "body": body,
            "state": state,
            "user": {"login": login},
        }
        return number

    def bodies(self, issue: int, login: str = BOT) -> list[str]:
        """That author's comments on an issue or pull request, oldest first."""
        rows = self.comments.values()
        return [row["body"] for row in rows if row["issue"] == issue and row["user"]["login"] == login]

    def writes(self) -> list[str]:
        """Each request that is no read, as `METHOD path`."""
        return [f"{one.method} {one.path}" for one in self.requests if one.method != "GET"]

    def handle(self, request: Request) -> tuple[int, dict[str, str], Any] | None:
        """Status, headers and body; None where the connection is to be reset."""
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
            fault = self.fault(number)
            match fault:
                case "500" | "502":
                    return int(fault), {}, "<html>unavailable</html>"
                case "closed":
                    return None
                case "429":
                    return 429, {"Retry-After": self.retry_after}, {"message": "Too many requests"}
                case "403 limited":
                    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}
                    return 403, headers, {"message": "API rate limit exceeded"}
                case "redirect":
                    return 302, {"Location": self.elsewhere}, None
                case _:
                    answer = self._answer(request)
                    if fault == "500 after":
                        return 500, {}, {"message": "Server Error"}
                    return None if fault == "closed after" else answer

    def _answer(self, request: Request) -> tuple[int, dict[str, str], Any]:
        login = self.tokens.get(request.token)
        if login is None:
            return 401, {}, {"message": "Bad credentials"}
        if request.method != "GET" and request.token in self.readers:
            return 403, {}, {"message": "Resource not accessible by integration"}
        parts = urlsplit(request.path)
        prefix = f"/repos/{self.repository}/"
        if not parts.path.startswith(prefix):
            return 404, {}, {"message": "Not Found"}
        body = request.body if isinstance(request.body, dict) else {}
        if len(body.get("body") or "") > LONGEST:
            return 422, {}, {"message": "Validation Failed", "errors": [{"message": "body is too long (65536)"}]}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._route(request, parts.path.removeprefix(prefix), query, body, login)

    def _route(
        self, request: Request, path: str, query: dict[str, str], body: dict[str, Any], login: str
    ) -> tuple[int, dict[str, str], Any]:
        def is_it(method: str, pattern: str) -> re.Match[str] | None:
            return re.fullmatch(pattern, path) if request.method == method else None

        if found := is_it("GET", r"issues/(\d+)/comments"):
            rows = [row for row in self.comments.values() if row["issue"] == int(found[1])]
            return self._page(rows, request, query)
        if found := is_it("POST", r"issues/(\d+)/comments"):
            return 201, {}, self.comments[self.comment(int(found[1]), body["body"], login)]
        if found := is_it("PATCH", r"issues/comments/(\d+)"):
            return self._set(self.comments, int(found[1]), body)
        if found := is_it("DELETE", r"issues/comments/(\d+)"):
            return (204, {}, None) if self.comments.pop(int(found[1]), None) else (404, {}, {"message": "Not Found"})
        if is_it("GET", "issues"):
            pulls = [{"pull_request": {}, "user": {"login": "somebody"}} | row for row in self.pulls.values()]
            rows = sorted([*self.issues.values(), *pulls], key=lambda row: row["number"])
            state = query.get("state", "open")
            return self._page([row for row in rows if state in ("all", row["state"])], request, query)
        if is_it("POST", "issues"):
            return 201, {}, self.issues[self.issue(body["body"], login, title=body["title"])]
        if found := is_it("PATCH", r"issues/(\d+)"):
            return self._set(self.issues, int(found[1]), body)
        if found := is_it("GET", r"commits/([0-9a-f]+)/pulls"):
            return self._page([self.pulls[number] for number in self.merged.get(found[1], [])], request, query)
        if found := is_it("GET", r"commits/([0-9a-f]+)"):
            email = self.commits.get(found[1], "somebody@example.com")
            return 200, {}, {"sha": found[1], "commit": {"author": {"email": email}}}
        if is_it("GET", "pulls"):
            branch = query.get("head", "").partition(":")[2]
            rows = [
                row
                for row in self.pulls.values()
                if row["state"] == "open" and row["head"]["ref"] == branch and row["base"]["ref"] == query["base"]
            ]
            return self._page(rows, request, query)
        if is_it("POST", "pulls"):
            number = self._next()
            self.pull(number, "0" * 40, base=body["base"], branch=body["head"])
            self.pulls[number] |= {"title": body["title"], "body": body["body"]}
            return 201, {}, self.pulls[number]
        if found := is_it("GET", r"pulls/(\d+)"):
            row = self.pulls.get(int(found[1]))
            return (200, {}, row) if row else (404, {}, {"message": "Not Found"})
        if found := is_it("PATCH", r"pulls/(\d+)"):
            return self._set(self.pulls, int(found[1]), body)
        return 404, {}, {"message": "Not Found"}

    def _set(
        self, rows: dict[int, dict[str, Any]], number: int, body: dict[str, Any]
    ) -> tuple[int, dict[str, str], Any]:
        if number not in rows:
            return 404, {}, {"message": "Not Found"}
        rows[number] |= body
        return 200, {}, rows[number]

    def _page(
        self, rows: list[dict[str, Any]], request: Request, query: Mapping[str, str]
    ) -> tuple[int, dict[str, str], Any]:
        size, at = min(int(query.get("per_page", 30)), self.page), int(query.get("page", 1))
        headers = {}
        if len(rows) > at * size:
            more = urlencode(dict(query) | {"page": str(at + 1)})
            url = f"http://{request.host}{urlsplit(request.path).path}?{more}"
            headers = {"Link": f'<http://{request.host}/first>; rel="first", <{self.next_link or url}>; rel="next"'}
        return 200, headers, rows[(at - 1) * size : at * size]

    def _next(self) -> int:
        self._number = max([self._number, *self.issues, *self.comments, *self.pulls]) + 1
        return self._number


@contextmanager
def listen(stand_in: StandIn, port: int = 0) -> Iterator[str]:
    """Serves on 127.0.0.1; yields the address, for GITHUB_API_URL."""
    listener = _Listener(("127.0.0.1", port), _handler(stand_in))
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up as they like."""


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            body = json.loads(content) if content else None
            host = self.headers.get("Host") or ""
            found = stand_in.handle(Request(self.command, self.path, token, body, host))
            if found is None:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()
                return
            status, headers, value = found
            text = value if isinstance(value, str) else json.dumps(value)
            data = b"" if value is None else text.encode("utf-8")
            self.send_response(status)
            for name, said in headers.items():
                self.send_header(name, said)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: `requests` says more."""

    for verb in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{verb}", Handler.answer)
    return Handler


def main() -> None:
    """Serve until killed. Prints the address; every seventh request goes wrong, one way after the other."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--repository", default="acme/agents")
    parser.add_argument("--token", default="bot-token")
    parser.add_argument("--page", type=int, default=2)
    given = parser.parse_args()
    served = StandIn(repository=given.repository, tokens={given.token: BOT}, page=given.page, fault=now_and_then)
    with listen(served, given.port) as url:
        print(url, flush=True)  # noqa: T201 - what it is called for
        threading.Event().wait()


def now_and_then(number: int) -> Fault | None:
    """Every seventh request goes wrong, one way after the other."""
    return FAULTS[number // 7 % len(FAULTS)] if number % 7 == 6 else None


if __name__ == "__main__":
    main()
