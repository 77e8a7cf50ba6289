"""Where a value is to be written: where it came from, if nothing else comes from there; else where it is this
assistant's own.

| it stands in                                   | and                                | it is written               |
|------------------------------------------------|------------------------------------|-----------------------------|
| the manifest, a base that nobody else extends, | it is in this deployment only      | there                       |
| the row's own overrides                        |                                    |                             |
| the overrides of this deployment               |                                    | there                       |
| a prompt file that one of these names          | nothing else is made of the file   | into the file               |
| anywhere else: a base, a template, a row's     | it is in several deployments       | `overrides.DEPLOYMENT`      |
| field, a file of several, a value of several   |                                    |                             |
| deployments; or nowhere yet                    | it is in this one only             | the manifest; in a row, its |
|                                                |                                    | `overrides`                 |

With `shared` it is written where it came from in any case, and a new one where every deployment has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from reconciler.app.bring.goal import Step
from reconciler.app.bring.unfill import unfill
from reconciler.model.change import ABSENT
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests import Loaded
from reconciler.repo.manifests.layers import At, File, Layered, Part, Source
from reconciler.repo.tree import Tree
from reconciler.repo.yaml import NoValue, Spot, load

Everywhere = Mapping[str | None, Loaded]
"""What the files come to, by deployment."""


class NoPlace(Exception):
    """A value that cannot be written; the text says why."""


class Place(Struct, frozen=True, kw_only=True):
    """`steps` of the YAML file `path`; or the whole of that file, which becomes `text`.

    `there`: what git says now stands right there. `removes`: a layer below says something too, which only null takes
    away.
    """

    path: str
    steps: FieldPath = ()
    text: str | None = None
    there: bool = False
    removes: bool = False


class Places:
    """Answers for one deployment, `here`; None is a server without a name."""

    def __init__(self, tree: Tree, here: str | None, everywhere: Everywhere, *, shared: bool) -> None:
        self._tree, self._here, self._shared = tree, here, shared
        self._everywhere = everywhere
        self._texts: dict[str, set[tuple[str, str | None, FieldPath]]] = {}
        self._users: dict[str, set[str]] = {}
        self._keys: dict[str | None, dict[str, Wanted]] = {}
        for name, loaded in everywhere.items():
            self._keys[name] = {one.key: one for one in loaded.wanted}
            for one in loaded.wanted:
                for file in one.files:
                    self._users.setdefault(file, set()).add(one.key)
                for path, file in one.sources:
                    self._texts.setdefault(file, set()).add((one.key, name, path))

    def of(self, step: Step) -> Place:
        """Where to write the value of a step. Raises NoPlace."""
        want, path = step.goal.wanted, step.path
        layered = self._everywhere[self._here].layered(want)
        source = layered.source(path)
        origin = _origin(source.layer.part, source.steps)
        text = origin.path if isinstance(origin, File) and not origin.filled and isinstance(step.value, str) else None
        own_text = text is not None and self._is_here(want, source) and self.is_own_text(text, want, path)
        if text is not None and (self._shared or own_text):
            return Place(path=text, text=str(step.value))
        if source.there and self._is_own(want, layered, source):
            return Place(path=source.path, steps=source.steps, there=True, removes=source.under)
        if self._shared and source.there:
            return self._back(layered, source, origin, step)
        return self._own(want, layered, source, path)

    def above(self, step: Step) -> Place | None:
        """The override of this deployment, which is above everything else; None where it has no name."""
        want = step.goal.wanted
        layered = self._everywhere[self._here].layered(want)
        return self._own(want, layered, layered.source(step.path), step.path, named=True) if self._here else None

    def is_own_text(self, file: str, want: Wanted, path: FieldPath) -> bool:
        """Whether a file is the text of this one value and of nothing else."""
        return self._texts.get(file) == {(want.key, self._here, path)}

    def _several(self, want: Wanted) -> bool:
        return sum(want.key in keys for keys in self._keys.values()) > 1

    def _is_own(self, want: Wanted, layered: Layered, source: Source) -> bool:
        """Whether this value, as it stands there, is of this assistant on this deployment and nobody else's."""
        prefix, row = source.layer.prefix, layered.row
        if row is not None:
            own = (*row.path, "overrides")
            mine = source.path == row.part.document.path and prefix in (own, (*own, self._here))
        else:
            alone = source.path == want.path or self._users.get(source.path) == {want.key}
            mine = alone and prefix in ((), ("overrides", self._here))
        return mine and self._is_here(want, source)

    def _is_here(self, want: Wanted, source: Source) -> bool:
        """Whether what stands there counts for this deployment only."""
        return not self._several(want) or self._is_override(source)

    def _is_override(self, source: Source) -> bool:
        return self._here is not None and source.layer.prefix[-2:] == ("overrides", self._here)

    def _own(
        self, want: Wanted, layered: Layered, source: Source, path: FieldPath, *, named: bool | None = None
    ) -> Place:
        """A place that is above every other one that says something there. `named`: in the overrides of this
        deployment, where it is not for its manifest to say."""
        if named is None:
            named = self._here is not None and not self._shared
            named = named and (self._several(want) or self._is_override(source))
        above: FieldPath = ("overrides", str(self._here)) if named else ()
        file, steps = want.path, (*above, *path)
        if layered.row is not None:
            file, steps = layered.row.part.document.path, (*layered.row.path, *(above or ("overrides",)), *path)
        there = source.there and (file, steps) == (source.path, source.steps)
        return Place(path=file, steps=steps, there=there, removes=source.under if there else source.there)

    def _back(self, layered: Layered, source: Source, origin: File | At, step: Step) -> Place:
        """Where a value came from, whoever else takes it from there: of one from a row, the field of the row."""
        if layered.row is not None and isinstance(origin, File) and isinstance(step.value, str):
            return Place(path=origin.path, text=self._unfilled(origin.path, layered.row, step.value))
        if layered.row is not None and (isinstance(origin, File) or self._is_template(source)):
            raise NoPlace("it is filled from a template: change that by hand, or leave --shared out")
        elsewhere = isinstance(origin, At) and (origin.part is not source.layer.part or origin.path != source.steps)
        if isinstance(origin, At) and elsewhere and step.value is not ABSENT:
            return Place(path=origin.part.document.path, steps=origin.path, there=True)
        return Place(path=source.path, steps=source.steps, there=True, removes=source.under)

    def _unfilled(self, file: str, row: At, value: str) -> str:
        """The template in a file, so that it gives the value. Raises NoPlace."""
        fields = row.part.document.value
        for step in row.path:
            fields = fields[step]  # type: ignore[index]  # it stands there
        made = unfill(self._tree.read(file).decode(), cast("JsonObject", fields), value)
        if made is None:
            raise NoPlace(f"what differs is what the row fills into {file}; without --shared it becomes the row's own")
        return made

    def _is_template(self, source: Source) -> bool:
        found: set[FieldPath] = set()

        def template(operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
            found.add(spot.path)
            return ""

        def other(operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
            return ""

        tags = dict.fromkeys(("!file", "!ref", "!each"), other) | {"!template": template}
        load(self._tree.read(source.path), source.path, tags)
        return source.steps in found


def _origin(part: Part, steps: FieldPath) -> File | At:
    """Where a value really stands: the file whose text it is, or a place in YAML."""
    for length in range(len(steps), 0, -1):
        found = part.origins.get(steps[:length])
        if isinstance(found, At):
            return _origin(found.part, (*found.path, *steps[length:]))
        if isinstance(found, File) and length == len(steps):
            return found
    return At(part, steps)
