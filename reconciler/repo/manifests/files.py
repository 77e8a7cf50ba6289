"""The other YAML files of manifests: bases, which several share, and files of rows. Each is read once."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.manifests.fields import COMPOSING, IDENTITY
from reconciler.repo.manifests.folder import FOLDER, manifests
from reconciler.repo.manifests.layers import Part
from reconciler.repo.manifests.overrides import check_overrides
from reconciler.repo.manifests.prompts import Prompts, refusal
from reconciler.repo.manifests.tagging import Tagging
from reconciler.repo.tree import CannotRead, MissingFile, Tree, beside, check_inside
from reconciler.repo.words import kind, nearest
from reconciler.repo.yaml import Findings, Place, load

DEEPEST = 10
"""How many bases may stand under each other."""

_ENDINGS = (".yaml", ".yml")
_ROWS = "for_each: _rows.yaml, a file of rows: - {id: acme, tone: formal}"


class _Refused(Struct, frozen=True):
    said: str
    hint: str | None = None


class Files(Struct):
    """Reads bases and rows for all manifests of a tree. `found` holds what is wrong in them."""

    tree: Tree
    prompts: Prompts
    deployments: Sequence[str]
    found: list[Diagnostic] = field(default_factory=list)
    _read: dict[tuple[str, bool], Part | _Refused] = field(default_factory=dict)
    _named: dict[str, list[tuple[Place, str]]] = field(default_factory=dict)

    def bases(self, name: str, place: Place) -> list[Part] | Diagnostic | None:
        """The base that the file at `place` calls `name`, after the bases of that one; None where what is wrong is
        told in `found`."""
        parts: list[Part] = []
        seen = [place.path]
        while True:
            part = self.part(name, place)
            if not isinstance(part, Part):
                return part
            parts.insert(0, part)
            path = part.document.path
            if path in seen or len(parts) > DEEPEST:
                message = f"`{path}` comes under itself" if path in seen else f"more than {DEEPEST} bases here"
                return _error(place, "extends-loop", message)
            seen.append(path)
            fields = part.document.value
            if not isinstance(fields, dict) or "extends" not in fields:
                return parts
            name, place = str(fields["extends"]), part.where(("extends",))

    def part(self, name: str, place: Place, *, rows: bool = False) -> Part | Diagnostic | None:
        """The YAML file that the file at `place` calls `name`: a mapping, or a list of `rows`.

        Where it cannot be had: what is wrong with naming it; None where `found` tells what is wrong in the file.
        """
        path = beside(place.path, name)
        if "\\" in name:
            return refusal(place, name, "uses `\\`; write `/`")
        if not name.endswith(_ENDINGS):
            meant = next((f"{name}{end}" for end in _ENDINGS if f"{path}{end}" in self._below(path)), None)
            hint = f"did you mean `{meant}`?" if meant is not None else _ROWS if rows else None
            return refusal(place, name, "is no YAML file", hint)
        part = self._read.get((path, rows))
        if part is None:
            part = self._read[path, rows] = self._load(path, place, rows=rows)
        if isinstance(part, _Refused):
            return refusal(place, name, part.said, part.hint)
        self._named.setdefault(path, []).append((place, name))
        shape = list if rows else dict
        return part if isinstance(part.document.value, shape) and not part.document.errors else None

    def of_rows(self) -> frozenset[str]:
        """The files that were read as rows."""
        return frozenset(path for path, rows in self._read if rows)

    def check_ignored(self) -> None:
        """One question to git about all files that were read: what it ignores is in no commit."""
        for path in sorted(self.tree.ignored(self._named)):
            for place, name in dict.fromkeys(self._named[path]):
                said = "is ignored by git, so nobody else has it"
                self.found.append(refusal(place, name, said, f"git add -f {path}"))

    def _load(self, path: str, place: Place, *, rows: bool) -> Part | _Refused:
        try:
            check_inside(path)
            data = self.tree.read(path)
        except MissingFile as missing:
            return _Refused(f"{missing.message}: no `{path}`", self._near(path, place))
        except CannotRead as refused:
            return _Refused(refused.message, refused.hint)
        if not rows and path.startswith(f"{FOLDER}/") and manifests([path], []):
            return _Refused("is a manifest itself; the name of a base begins with `_`")
        tagging = Tagging(path, self.prompts, in_rows=rows)
        part = Part(load(data, path, tagging.tags()), tagging.origins, frozenset(tagging.asked))
        self.found += self._check(part, rows=rows)
        return part

    def _check(self, part: Part, *, rows: bool) -> list[Diagnostic]:
        document = part.document
        found = Findings(document)
        fields = document.value
        if not document.readable:
            return found.all
        if rows or not isinstance(fields, dict):
            if not isinstance(fields, list if rows else dict):
                shape = "a list of rows" if rows else "a mapping of fields"
                found.add((), "manifest-shape", f"this file is {shape}, and it is {kind(fields)}")
            return found.all
        for name in ((COMPOSING - {"extends", "overrides"}) | IDENTITY) & fields.keys():
            message = f"field `{name}` names one assistant, and cannot stand in a base"
            found.add((name,), "base-field", message, name=True, hint="write it into the manifest")
        if "extends" in fields:
            found.text(("extends",), fields["extends"])
        if "overrides" in fields:
            check_overrides(found, fields["overrides"], ("overrides",), self.deployments, row=False)
        return found.all

    def _below(self, path: str) -> Sequence[str]:
        """The files of the folder at the top that a path begins with."""
        top = path.partition("/")[0]
        return self.tree.paths(top) if top not in ("", "..") and self.tree.folder_exists(top) else ()

    def _near(self, path: str, place: Place) -> str | None:
        """The file that was likely meant."""
        known = [p for p in self._below(path) if p.endswith(_ENDINGS) and posixpath.basename(p).startswith("_")]
        same = [p for p in known if posixpath.basename(p) == posixpath.basename(path)]
        near = same[0] if len(same) == 1 else nearest(path, known)
        return f"did you mean `{posixpath.relpath(near, posixpath.dirname(place.path))}`?" if near else None


def _error(place: Place, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        severity="error", code=code, message=message, path=place.path, line=place.line, column=place.column
    )
