"""Files laid over each other: base, manifest, row, the overrides of a deployment; and where each value is from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.merge import merge
from reconciler.model.wanted import FieldPath
from reconciler.repo.yaml import Document, Place


class File(Struct, frozen=True):
    """A value is the text of this file; with `filled`, that text with the values of a row in it."""

    path: str
    filled: bool = False


class At(Struct, frozen=True):
    """A value stands at another place: a field of a row."""

    part: Part
    path: FieldPath


Origin: TypeAlias = File | At


class Part(Struct, frozen=True, dict=True):
    """A file that was read. `origins` has, by path in it, the values that stand elsewhere; `asked` are the fields of
    rows that it takes."""

    document: Document
    origins: Mapping[FieldPath, Origin] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()

    @cached_property
    def _below(self) -> Mapping[FieldPath, Sequence[FieldPath]]:
        """The paths of `origins` under each path above them: each of thousands of rows asks for its own only."""
        below: dict[FieldPath, list[FieldPath]] = {}
        for path in self.origins:
            for length in range(len(path) + 1):
                below.setdefault(path[:length], []).append(path)
        return below

    def where(self, path: FieldPath, *, name: bool = False) -> Place:
        """Where a value really stands, or its name."""
        for length in range(len(path), 0, -1):
            match self.origins.get(path[:length]):
                case File(path=file) if not (name and length == len(path)):
                    return Place(file, 1, 1)
                case At(part=part, path=other) if not (name and length == len(path)):
                    return part.where((*other, *path[length:]), name=name)
        return self.document.where(path, name=name)

    def files(self, prefix: FieldPath) -> Iterator[tuple[FieldPath, str]]:
        """The values below `prefix` that are texts of files, with their path from there."""
        for path in self._below.get(prefix, ()):
            rest = path[len(prefix) :]
            match self.origins[path]:
                case File(path=file):
                    yield rest, file
                case At(part=part, path=other):
                    yield from ((rest + below, file) for below, file in part.files(other))


class Layer(Struct, frozen=True):
    """Some fields of a part: those under `prefix`, of which only `fields` count. With `bare` the part is the value of
    its one field, whose name stands nowhere in it."""

    part: Part
    fields: JsonObject
    prefix: FieldPath = ()
    bare: bool = False

    def steps(self, path: FieldPath) -> FieldPath:
        """Where in the part the value at `path` stands."""
        return path[1:] if self.bare else (*self.prefix, *path)

    def reach(self, path: FieldPath) -> tuple[int, bool]:
        """How many steps of `path` there are, and whether more may be merged into what stands there."""
        value: Json = self.fields
        for number, step in enumerate(path):
            if isinstance(value, dict) and step in value:
                value = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return number, isinstance(value, dict)
        return len(path), isinstance(value, dict)


class Source(Struct, frozen=True):
    """Where a value is written: at `steps` of the YAML file `path`. `there` says that it is, and not only a field above
    it; `under` that a layer below says something at that place too. `text` is the file whose text it is."""

    layer: Layer
    path: str
    steps: FieldPath
    there: bool
    under: bool
    text: File | None = None


class Layered:
    """One manifest as one deployment has it: `value` is what comes out when each layer is merged over those before it.

    `own` is the number of the layer that is the manifest itself; messages about the whole of it point there. `row` is
    where its row stands, for one of `for_each`.
    """

    def __init__(self, layers: Sequence[Layer], own: int, row: At | None = None) -> None:
        self.layers = tuple(layers)
        self.own = own
        self.row = row
        document = layers[own].part.document
        self._documents: Collection[Document] = (document,)
        if len(layers) > 1:  # each once: a manifest and its rows may stand in one
            self._documents = {id(layer.part.document): layer.part.document for layer in layers}.values()
        self.home = Place(document.path, document.line, 1)
        value: Json = layers[0].fields
        for layer in layers[1:]:
            value = merge(value, layer.fields)
        assert isinstance(value, dict)
        self.value: JsonObject = value

    @property
    def errors(self) -> list[Diagnostic]:
        return [error for document in self._documents for error in document.errors]

    @property
    def told(self) -> frozenset[Place]:
        return frozenset[Place]().union(*(document.told for document in self._documents))

    @property
    def lost(self) -> bool:
        return any(document.lost for document in self._documents)

    def where(self, path: FieldPath, *, name: bool = False) -> Place:
        """Where the value at `path` stands, in whichever file; of one that is not there, the nearest field above."""
        if not path:
            return self.home
        layer = self._provider(path)
        steps, open_ = layer.reach(path)
        if steps < len(path) and open_:
            layer = self._above(path, steps)
        return layer.part.where(layer.steps(path), name=name)

    def source(self, path: FieldPath) -> Source:
        """Where the value at `path` is written."""
        layer = self._provider(path)
        steps = layer.steps(path)
        origin = layer.part.origins.get(steps)
        below = self.layers[: self.layers.index(layer)]
        return Source(
            layer=layer,
            path=layer.part.document.path,
            steps=steps,
            there=layer.reach(path)[0] == len(path),
            under=any(one.reach(path)[0] == len(path) for one in below),
            text=origin if isinstance(origin, File) else None,
        )

    def sources(self) -> tuple[tuple[FieldPath, str], ...]:
        """The values that are texts of files, and which."""
        found = []
        for layer in self.layers:
            if not layer.part.origins:
                continue
            for name in layer.fields:
                for below, file in layer.part.files(layer.steps((name,))):
                    if self._provider((name, *below)) is layer:
                        found.append(((name, *below), file))
        return tuple(sorted(found, key=lambda one: [str(step) for step in one[0]]))

    def under(self, path: FieldPath, places: Collection[Place]) -> set[FieldPath]:
        """The paths below `path` whose value, or whose name, stands at one of these places."""
        found: set[FieldPath] = set()
        for layer in self.layers:
            if layer.bare:
                continue
            below = layer.part.document.under(layer.steps(path), places)
            found |= {one[len(layer.prefix) :] for one in below}
        return found

    def _above(self, path: FieldPath, steps: int) -> Layer:
        """Who lacks what is not there, which is one mistake in all deployments: the manifest, and not an override that
        says something beside it; a base only where nobody else says anything of what it lacks it in."""
        own = self.layers[self.own]
        if steps <= 1 or own.reach(path)[0] == steps:
            return own
        return next(one for one in self.layers if one.reach(path)[0] == steps)

    def _provider(self, path: FieldPath) -> Layer:
        """The layer that says what stands at `path`, or at the nearest field above it."""
        if len(self.layers) == 1:
            return self.layers[0]
        best, most = self.layers[self.own], 0
        for layer in reversed(self.layers):
            steps, open_ = layer.reach(path)
            if steps == len(path) or (steps and not open_):
                return layer
            if steps > most:
                best, most = layer, steps
        return best
