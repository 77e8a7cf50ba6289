"""`!file PATH`: the texts that manifests take from files, each read once, byte for byte."""

from __future__ import annotations

import posixpath

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.repo.tree import CannotRead, MissingFile, Tree, beside, check_inside
from reconciler.repo.words import nearest
from reconciler.repo.yaml import NoValue, Place

NULS = ("\x00", "\\u0000")
"""What no text may hold: servers change both."""


OPEN = "…"
"""What stands where somebody has to write something."""


class _Prompt(Struct):
    text: str | None = None
    refused: str | None = None
    hint: str | None = None


class Prompts(Struct):
    """Reads prompt files for all manifests of a tree. `found` holds what is wrong with the files and their names."""

    tree: Tree
    found: list[Diagnostic] = field(default_factory=list)
    _read: dict[str, _Prompt] = field(default_factory=dict)
    _named: dict[str, list[Place]] = field(default_factory=dict)

    def text(self, name: str, place: Place) -> tuple[str, str] | Diagnostic | NoValue:
        """The text of the file that the manifest at `place` calls `name`, and its path.

        Where it cannot be had: what is wrong with naming it; LOST where the file itself is wrong, which `found` tells
        once for all who name it.
        """
        path = beside(place.path, name)
        if "\\" in name:
            return refusal(place, name, "uses `\\`; write `/`")
        prompt = self._read.get(path)
        if prompt is None:
            prompt = self._read[path] = self._load(path, place.path)
        if prompt.refused is not None:
            return refusal(place, name, prompt.refused, prompt.hint)
        self._named.setdefault(path, []).append(place)
        return NoValue.LOST if prompt.text is None else (prompt.text, path)

    def check_ignored(self) -> None:
        """One question to git about all files that were read: what it ignores is in no commit."""
        for path in sorted(self.tree.ignored(self._named)):
            for place in dict.fromkeys(self._named[path]):
                said = "is ignored by git, so nobody else has it"
                name = posixpath.relpath(path, posixpath.dirname(place.path))
                self.found.append(refusal(place, name, said, f"git add -f {path}"))

    def _load(self, path: str, manifest: str) -> _Prompt:
        try:
            check_inside(path)
            data = self.tree.read(path)
        except MissingFile as missing:
            return _Prompt(refused=f"{missing.message}: no `{path}`", hint=self._near(path, manifest))
        except CannotRead as refused:
            return _Prompt(refused=refused.message, hint=refused.hint)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            self._tell(path, before, "error", "prompt-encoding", f"not UTF-8: byte 0x{data[error.start]:02x}")
            return _Prompt()
        return _Prompt(text if self._inspect(path, text) else None)

    def _inspect(self, path: str, text: str) -> bool:
        """Whether the text can be used."""
        for nul in NULS:
            if nul in text:
                message = (
                    "servers change NUL (U+0000, also as the six characters `\\u0000`) without a word; leave it out"
                )
                self._tell(path, text[: text.index(nul)], "error", "prompt-nul", message)
        if text.strip() == OPEN:
            self._tell(path, "", "warning", "prompt-open", "this prompt is still to be written")
        if text.startswith("\ufeff"):
            message = "the file starts with an invisible byte order mark, which becomes part of the text"
            self._tell(path, "", "warning", "prompt-bom", message, "save it as UTF-8 without BOM")
        if "\r" in text:
            message = f"{text.count(chr(13))} line ends have a carriage return, which becomes part of the text"
            hint = f"save it with LF line ends; .gitattributes keeps them: {path} text eol=lf"
            self._tell(path, text[: text.index("\r")], "warning", "prompt-cr", message, hint)
        return not any(nul in text for nul in NULS)

    def _tell(
        self, path: str, before: str, severity: Severity, code: str, message: str, hint: str | None = None
    ) -> None:
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        self.found.append(
            Diagnostic(
                severity=severity,
                code=code,
                message=message,
                path=path,
                line=line,
                column=column,
                hint=hint,
            )
        )

    def _near(self, path: str, manifest: str) -> str | None:
        """The file that was likely meant: the only one of that name, else one of a near name, best in that folder."""
        here = posixpath.dirname(manifest)
        top = path.partition("/")[0]
        known = [p for p in self.tree.paths(top) if not p.endswith("/")] if self.tree.folder_exists(top) else []
        same = [p for p in known if posixpath.basename(p) == posixpath.basename(path)]
        texts = [p for p in known if not p.endswith((".yaml", ".yml"))]
        texts.sort(key=lambda p: posixpath.dirname(p) != posixpath.dirname(path))
        # Without their endings: `.md` alone makes any two names look near.
        stems: dict[str, str] = {}
        for text in texts:
            stems.setdefault(_stem(text), text)
        found = same[0] if len(same) == 1 else stems.get(nearest(_stem(path), stems) or "")
        return f"did you mean `!file {posixpath.relpath(found, here)}`?" if found is not None else None


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def refusal(place: Place, name: str, said: str, hint: str | None = None) -> Diagnostic:
    path, line, column = place
    message = f"the file `{name}` {said}"
    return Diagnostic(
        severity="error", code="bad-file", message=message, path=path, line=line, column=column, hint=hint
    )
