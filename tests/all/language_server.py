"""A client for yaml-language-server over stdio, as an editor is one: it opens files, and asks about places."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Queue
from typing import Any

_SECONDS = 60
_WARNING = 2


class LanguageServer:
    """One server for one folder. `settings` are those of VS Code: `yaml.schemas` and the like."""

    def __init__(self, command: list[str], folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._settings = settings
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self._number = 0
        self._answers: Queue[dict[str, Any]] = Queue()
        self._said: dict[str, Queue[list[dict[str, Any]]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
        }
        self.ask(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            workspaceFolders=folders,
            capabilities=capabilities,
        )
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings={})

    def close(self) -> None:
        """Ends the server."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def alarms(self, texts: Mapping[str, str]) -> dict[str, list[str]]:
        """Path -> what the server underlines in a file with this text, as `line: message`. Notes and hints are none."""
        opened = {path: self._open(path, text) for path, text in texts.items()}
        return {path: _alarms(self._said[uri].get(timeout=_SECONDS)) for path, uri in opened.items()}

    def hover(self, path: str, text: str, at: str) -> str:
        """What it shows for the first place of `at` in the text."""
        uri = self._open(path, text)
        answer = self.ask("textDocument/hover", textDocument={"uri": uri}, position=position(text, text.index(at)))
        return answer["contents"]["value"] if answer else ""

    def completion(self, path: str, text: str) -> list[dict[str, Any]]:
        """What it proposes where `|` stands in the text."""
        before, _, after = text.partition("|")
        uri = self._open(path, before + after)
        where = position(before + after, len(before))
        answer = self.ask("textDocument/completion", textDocument={"uri": uri}, position=where)
        items: list[dict[str, Any]] = answer["items"] if isinstance(answer, dict) else answer or []
        return items

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a request."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            answer = self._answers.get(timeout=_SECONDS)
            if answer["id"] == self._number:
                assert "error" not in answer, answer
                return answer.get("result")

    def _open(self, path: str, text: str) -> str:
        uri = (self._folder / path).as_uri()
        if uri in self._said:
            self._tell("textDocument/didClose", textDocument={"uri": uri})
            # Its answer comes after all that is said of the text before.
            self.ask("textDocument/documentSymbol", textDocument={"uri": uri})
        self._said[uri] = Queue()
        self._number += 1
        document = {"uri": uri, "languageId": "yaml", "version": self._number, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method is None:
            self._answers.put(message)
        elif method == "workspace/configuration":
            sections = [self._section(item["section"]) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": sections})
        elif method == "textDocument/publishDiagnostics":
            params = message["params"]
            if params["uri"] in self._said:
                self._said[params["uri"]].put(params["diagnostics"])
        elif "id" in message:
            self._send({"id": message["id"], "result": None})

    def _section(self, name: str) -> dict[str, Any]:
        """`yaml` of `{"yaml.validate": true}` is `{"validate": true}`, as an editor answers."""
        result: dict[str, Any] = {}
        for setting, value in self._settings.items():
            first, _, rest = setting.partition(".")
            if first != name:
                continue
            at = result
            *above, last = rest.split(".")
            for step in above:
                at = at.setdefault(step, {})
            at[last] = value
        return result


def _alarms(diagnostics: list[dict[str, Any]]) -> list[str]:
    found = [one for one in diagnostics if one.get("severity", 1) <= _WARNING]
    return sorted(f"{one['range']['start']['line'] + 1}: {one['message']}" for one in found)


def position(text: str, offset: int) -> dict[str, int]:
    """Line and character, as the protocol counts them."""
    before = text[:offset]
    line = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
