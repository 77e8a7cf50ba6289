"""`NAME.tries.yaml`: the tries of the manifest, or base, beside it, as a file of their own. Each is read once."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.repo.manifests.folder import FOLDER, TRIES
from reconciler.repo.manifests.layers import Part
from reconciler.repo.manifests.prompts import Prompts
from reconciler.repo.manifests.tagging import Tagging
from reconciler.repo.tree import CannotRead, MissingFile, Tree
from reconciler.repo.words import nearest
from reconciler.repo.yaml import load


class TriesFiles(Struct):
    """`paths` are the files of the folder of manifests; `found` holds what is wrong with files of tries."""

    tree: Tree
    prompts: Prompts
    paths: Collection[str] = ()
    found: list[Diagnostic] = field(default_factory=list)
    _read: dict[str, Part | None] = field(default_factory=dict)

    def of(self, parts: Iterable[Part]) -> Part | None:
        """The file whose tries count, of these that are laid over each other: the last that says any has them all.
        None where none does, or where it says them itself."""
        found = None
        for part in parts:
            beside, fields = self._beside(part), part.document.value
            if beside is not None or (isinstance(fields, dict) and "tries" in fields):
                found = beside
        return found

    def unused(self, rows: Collection[str]) -> list[Diagnostic]:
        """Warnings about files of tries that stand beside nothing that has tries. `rows` are the files of rows."""
        if not any(path.endswith(TRIES) for path in self.paths):
            return []
        others = (path for path in self.paths if path.endswith((".yaml", ".yml")) and not path.endswith(TRIES))
        stems = {posixpath.splitext(path)[0] for path in others if path not in rows}
        found = []
        for path in self.paths:
            stem = _stem(path)
            if path.endswith(TRIES) and stem not in stems:
                here = [posixpath.basename(s) for s in stems if posixpath.dirname(s) == posixpath.dirname(path)]
                near = nearest(posixpath.basename(stem), here)
                hint = f"did you mean `{near}{TRIES[0]}`?" if near is not None else "remove it, or name it after one"
                message = f"nothing has these tries: no manifest or base is called {posixpath.basename(stem)}.yaml"
                found.append(_about(path, "tries-unused", message, hint, "warning"))
        return found

    def _beside(self, part: Part) -> Part | None:
        path = part.document.path
        if path not in self._read:
            self._read[path] = self._find(part)
        return self._read[path]

    def _find(self, part: Part) -> Part | None:
        path = part.document.path
        stem, below = posixpath.splitext(path)[0], path.startswith(f"{FOLDER}/")
        names = [name for ending in TRIES if (name := stem + ending) in self.paths or not below]
        if not names:
            return None
        found = [one for name in names if (one := self._load(name, path)) is not None]
        if len(found) > 1:
            message = f"`{names[0]}` is there too; remove one of the two"
            self.found.append(_about(names[1], "tries-twice", message))
        fields = part.document.value
        if found and isinstance(fields, dict) and "tries" in fields:
            line = part.document.where(("tries",), name=True).line
            message = f"`{path}` says `tries` too, in line {line}; keep one of the two"
            self.found.append(_about(found[0].document.path, "tries-twice", message))
        return found[0] if found else None

    def _load(self, path: str, manifest: str) -> Part | None:
        try:
            data = self.tree.read(path)
        except MissingFile:
            return None
        except CannotRead as refused:
            self.found.append(_about(path, "bad-file", f"the file of tries {refused.message}", refused.hint))
            return None
        tagging = Tagging(path, self.prompts)
        part = Part(load(data, path, tagging.tags()), tagging.origins, frozenset(tagging.asked))
        value = part.document.value
        if part.document.readable and not isinstance(value, list):
            nested = isinstance(value, dict) and "tries" in value
            hint = (
                "remove the line `tries:`; this file is the list itself"
                if nested
                else "- {name: greeting, input: Hello}"
            )
            message = f"a file of tries is a list of them: those of {posixpath.basename(manifest)}"
            self.found.append(_about(path, "tries-shape", message, hint))
            return None
        return part


def _stem(path: str) -> str:
    return next((path.removesuffix(ending) for ending in TRIES if path.endswith(ending)), path)


def _about(path: str, code: str, message: str, hint: str | None = None, severity: Severity = "error") -> Diagnostic:
    return Diagnostic(severity=severity, code=code, message=message, path=path, line=1, column=1, hint=hint)
