"""Where the commands of these tests run: a repository on disk, and servers on loopback."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.core.case import derived_id
from tests.fake import GRAPHS, FakeServer

OPEN = {"$comment": "this graph declares no context schema", "additionalProperties": True}
ANA = {
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Repo:
    """A repository: settings, the fake's schemas, and manifests as they are written into it."""

    def __init__(self, root: Path, owner: str = "acme") -> None:
        self.root = root
        self.owner = owner
        (root / "assistants").mkdir(parents=True)
        self.settings(f"owner: {owner}")
        for graph, schema in GRAPHS.items():
            self.write(f"schemas/{graph}.json", json.dumps(schema or OPEN))

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def settings(self, *lines: str) -> None:
        self.write("reconciler.yaml", "".join(f"{line}\n" for line in lines))

    def deployment(self, url: str, *lines: str, name: str = "staging") -> None:
        """Settings with one deployment at `url`; `lines` are more of its fields."""
        fields = "".join(f"    {line}\n" for line in (f"url: {url}", *lines))
        self.settings(f"owner: {self.owner}", "deployments:", f"  {name}:\n{fields}")

    def manifest(self, key: str, prompt: str = "Write well.", *lines: str, graph: str = "writer") -> None:
        """An assistant of which only the prompt matters; `lines` are more fields of its manifest."""
        more = "".join(f"{line}\n" for line in lines)
        context = f"context:\n  system_prompt: {json.dumps(prompt, ensure_ascii=False)}\n" if graph == "writer" else ""
        self.write(f"assistants/{key}.yaml", f"graph_id: {graph}\nname: {key}\n{context}{more}")

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.root, env={**os.environ, **ANA}, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str = "as it is now") -> str:
        if not (self.root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@dataclass(frozen=True)
class Served:
    """A fake on loopback."""

    server: FakeServer
    url: str

    def id(self, key: str, owner: str = "acme") -> str:
        return derived_id(key, owner)

    def live(self, key: str) -> dict[str, Any]:
        row: dict[str, Any] = self.server.get(self.id(key))
        return row

    def prompt(self, key: str) -> Any:
        return self.live(key)["context"]["system_prompt"]

    @property
    def writes(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.server.log.writes]


Answer = tuple[int, Mapping[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes], Answer]


@dataclass
class Seen:
    """What reached a server: (method, path, headers with lower-case names) of each request."""

    url: str
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def answering(handler: Handler, tls: ssl.SSLContext | None = None) -> Iterator[Seen]:
    """A server on loopback that answers every request as `handler` says."""

    class Exchange(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.requests.append((self.command, self.path, headers))
            status, more, content = handler(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: `seen` says more."""

    for verb in ("GET", "POST", "PATCH", "DELETE", "CONNECT"):
        setattr(Exchange, f"do_{verb}", Exchange.respond)

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients hang up where a test wants them to."""

    listener = Listener(("127.0.0.1", 0), Exchange)
    if tls is not None:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    seen = Seen(f"{'https' if tls else 'http'}://127.0.0.1:{listener.server_port}")
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def through(server: FakeServer) -> Handler:
    """The fake behind a server of another kind."""

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = server.handle(method, path, headers, body)
        return answer.status, answer.headers, answer.body

    return handle
