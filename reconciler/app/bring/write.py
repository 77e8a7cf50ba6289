"""Steps, each at its place, as the bytes of files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import count

from reconciler.app.bring.differences import within
from reconciler.app.bring.goal import Step, equal
from reconciler.app.bring.place import NoPlace, Place, Places
from reconciler.core import paths
from reconciler.model.change import ABSENT, Value
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.edit import CannotEdit, Remove, Set, edit
from reconciler.repo.manifests.make import texts
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.tree import Tree, beside
from reconciler.repo.yaml import FileTag

Change = Set | Remove


class Writing:
    """The files as they would be. Nothing is written."""

    def __init__(self, tree: Tree, places: Places) -> None:
        self._tree, self._places = tree, places
        self._edited: dict[str, bytes] = {}
        self._contents: dict[str, bytes] = {}
        self._there: dict[str, frozenset[str]] = {}
        self._said: dict[tuple[str, FieldPath], tuple[Step, Value]] = {}
        self.copies: dict[str, str] = {}
        """By new file, the one whose text it varies."""

    def files(self) -> dict[str, bytes]:
        """Path -> bytes, of all that changes or is new."""
        made = self._contents | self._edited
        return {path: content for path, content in made.items() if not self._is(path, content)}

    def is_there(self, path: str) -> bool:
        """Whether the tree has such a file, or one that differs in case only."""
        folder = posixpath.dirname(path)
        if folder not in self._there:
            found = self._tree.paths(folder) if self._tree.folder_exists(folder) else ()
            self._there[folder] = frozenset(one.casefold() for one in found)
        return path.casefold() in self._there[folder]

    def add(self, step: Step) -> list[tuple[Step, str]]:
        """Make a step; the steps that cannot be, with why: this one, and one that says something else there."""
        try:
            place = self._places.of(step)
        except NoPlace as none:
            return [(step, str(none))]
        said = place.text if place.text is not None else step.value
        other, before = self._said.setdefault((place.path, place.steps), (step, said))
        if not equal(before, said):
            return [(step, _clash(other, place)), (other, _clash(step, place))]
        if place.text is not None:
            self._contents[place.path] = place.text.encode()
            return []
        why = self._try(step, place)
        above = self._places.above(step) if why is not None else None
        if above is not None and self._try(step, above) is None:
            return []
        return [(step, why)] if why is not None else []

    def _try(self, step: Step, place: Place) -> str | None:
        """Why a place cannot take it; None where it did."""
        contents = dict(self._contents)
        try:
            now = self._edited.get(place.path) or self._tree.read(place.path)
            self._edited[place.path] = edit(now, list(self._made(step, place)))
        except CannotEdit as cannot:
            self._contents = contents
            return f"in {place.path} {cannot.message}"
        return None

    def _made(self, step: Step, place: Place) -> Iterator[Change]:
        value = step.value
        if value is ABSENT or (step.path == ("description",) and value == "" and not place.removes):
            yield Set(place.steps, None) if place.removes else Remove(place.steps)
            return
        old = paths.get(step.goal.wanted.spec.as_json(), step.path)
        if not (place.there and isinstance(old, list) and isinstance(value, list)):
            yield Set(place.steps, self._tagged(step.goal.wanted, step.path, old, value, place))
            return
        for path, item in within(old, value, step.path):
            steps = (*place.steps, *path[len(step.path) :])
            was = _at(old, path[len(step.path) :])
            if item is ABSENT:
                yield Remove(steps)
            else:
                yield Set(steps, self._tagged(step.goal.wanted, path, was, item, place))

    def _tagged(self, want: Wanted, path: FieldPath, old: Value, value: Json, place: Place) -> object:
        """The value with its texts in files, where they are in files now or are long and new."""
        if isinstance(value, str):
            file = dict(want.sources).get(path)
            if file is not None and value == old:
                return _tag(file, place)
            if file is not None and place.there and self._places.is_own_text(file, want, path):
                self._contents[file] = value.encode()
                return _tag(file, place)
            made = self._file_for(want, path, value, place, was_file=file is not None)
            if made is None:
                return value
            self._contents[made] = value.encode()
            if file is not None:
                self.copies[made] = file
            return _tag(made, place)
        if isinstance(value, dict):
            return {name: self._tagged(want, (*path, name), _at(old, (name,)), v, place) for name, v in value.items()}
        if isinstance(value, list):
            return [self._tagged(want, (*path, n), _at(old, (n,)), item, place) for n, item in enumerate(value)]
        return value

    def _file_for(self, want: Wanted, path: FieldPath, value: str, place: Place, *, was_file: bool) -> str | None:
        """A prompt file of its own: for a text that was in a file, or for a long one of a field that is new."""
        if path[:1] != ("context",) or (not was_file and (len(path) != 2 or path[1] in want.spec.context)):
            return None
        stem, name = want.key.rpartition("/")[2], ".".join(map(str, path[1:]))
        if "overrides" in place.steps:
            first = place.steps[place.steps.index("overrides") + 1]
            stem += f".{first}" if first != path[0] else ""
        found = next((file for _, file in texts(stem, {name: value})), None)
        if found is None and was_file and NAME.match(name) and len(name) <= LONGEST_NAME:
            found = f"prompts/{stem}.{name}.md"
        if found is None:
            return None
        root, ending = posixpath.splitext(beside(place.path, found))
        tries = (f"{root}{f'-{number}' if number > 1 else ''}{ending}" for number in count(1))
        taken = {one.casefold() for one in self._contents}
        return next(file for file in tries if not self.is_there(file) and file.casefold() not in taken)

    def _is(self, path: str, content: bytes) -> bool:
        return self.is_there(path) and self._tree.read(path) == content


def _tag(file: str, place: Place) -> FileTag:
    return FileTag(posixpath.relpath(file, posixpath.dirname(place.path)))


def _at(value: Value, path: FieldPath) -> Value:
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return ABSENT
    return value


def _clash(other: Step, place: Place) -> str:
    return f"`{other.key}` says something else, and both would stand in {place.path}"
