"""From goals to the bytes of files, and the proof by reading them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from reconciler.app.bring.goal import Brought, Goal, Kept, Step, steps
from reconciler.app.bring.place import Everywhere, Place, Places
from reconciler.app.bring.prove import Prover
from reconciler.app.lint import refused as is_secret
from reconciler.app.source import Repository
from reconciler.model.change import ABSENT
from reconciler.repo.edit import CannotEdit, Remove, Set, edit
from reconciler.repo.manifests import Manifests
from reconciler.repo.manifests.make import texts
from reconciler.repo.names import NAME
from reconciler.repo.tree import LARGEST_FILE
from reconciler.repo.yaml import FileTag, refused


@dataclass(slots=True)
class _Written:
    """The tree as it would be. `changes` are made per file, in order."""

    changes: dict[str, list[Set | Remove]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)


def bring(repository: Repository, here: str | None, goals: Sequence[Goal], *, shared: bool = False) -> Brought:
    """What to write so that reading gives each goal, and everybody else what they were. Writes nothing itself.

    What cannot be had is kept as git has it, with the reason. With `shared` values are written where they came from,
    whoever else takes them from there; those are named.
    """
    manifests = Manifests(repository.tree, repository.settings)
    names = [one.name for one in repository.settings.deployments]
    before: Everywhere = {name: manifests.at(name) for name in {*names, here}}
    places = Places(here, before, shared=shared)
    kept: list[Kept] = []
    todo: list[Step] = []
    for step in (step for goal in goals for step in steps(goal)):
        why = _cannot(repository, step)
        if why is None:
            todo.append(step)
        else:
            kept.append(_kept(step, why))
    prover = Prover(repository, here, before, shared=shared)
    while True:
        written, bad = _write(repository, places, todo)
        files = _bytes(repository, written)
        also: dict[str, tuple[str, ...]] = {}
        if not bad:
            bad, also = prover.prove(todo, files, lambda some: _bytes(repository, _write(repository, places, some)[0]))
        if not bad:
            break
        kept += [_kept(step, why) for step, why in bad]
        wrong = {(step.goal.wanted.key, step.path) for step, _ in bad}
        todo = [step for step in todo if (step.goal.wanted.key, step.path) not in wrong]
    there = {path for path in files if _is_there(repository, path)}
    touched = {step.goal.wanted.key for step in todo}
    return Brought(
        files={path: content for path, content in files.items() if path not in there},
        edits={path: content for path, content in files.items() if path in there},
        taken=tuple(goal for goal in goals if goal.wanted.key in touched),
        kept=tuple(kept),
        also=also,
    )


def _cannot(repository: Repository, step: Step) -> str | None:
    """Why no manifest may or can say a value; None where it can."""
    if step.value is ABSENT:
        return None
    if is_secret(repository.settings, step.goal.wanted.key, step.path, step.value):
        return "it looks like a secret, and git is no place for one"
    found = next(refused(step.value, step.path), None)
    if found is not None:
        return found[1]
    if isinstance(step.value, str) and len(step.value.encode()) > LARGEST_FILE:
        return "it is larger than 1 MB"
    return None


def _write(repository: Repository, places: Places, todo: Iterable[Step]) -> tuple[_Written, list[tuple[Step, str]]]:
    """The changes of all steps together; the steps that no file can take, each with why."""
    written, bad = _Written(), []
    for step in todo:
        place = places.of(step)
        before = list(written.changes.get(place.path, []))
        _one(repository, places, step, place, written)
        if place.path in written.changes:
            try:
                edit(repository.tree.read(place.path), written.changes[place.path])
            except CannotEdit as cannot:
                written.changes[place.path] = before
                bad.append((step, f"{place.path} cannot take it: {cannot.message}"))
    return written, bad


def _one(repository: Repository, places: Places, step: Step, place: Place, written: _Written) -> None:
    value = step.value
    if place.text:
        written.contents[place.path] = str(value).encode()
        return
    changes = written.changes.setdefault(place.path, [])
    if value is ABSENT:
        changes.append(Set(place.steps, None) if place.removes else Remove(place.steps))
        return
    path = _file_for(repository, step, place, written)
    if path is None:
        changes.append(Set(place.steps, value))
        return
    written.contents[path] = str(value).encode()
    changes.append(Set(place.steps, FileTag(posixpath.relpath(path, posixpath.dirname(place.path)))))


def _file_for(repository: Repository, step: Step, place: Place, written: _Written) -> str | None:
    """A prompt file of its own for a text that was in a file, or for a long one of a field that is new."""
    if step.path[:1] != ("context",) or len(step.path) != 2 or not isinstance(step.value, str):
        return None
    want, name = step.goal.wanted, str(step.path[1])
    stem = want.key.rpartition("/")[2]
    if "overrides" in place.steps and (steps := place.steps[place.steps.index("overrides") + 1 :])[:1] != step.path[:1]:
        stem += f".{steps[0]}"
    was_file = step.path in dict(want.sources)
    if not was_file and name in want.spec.context:
        return None
    found = [path for _, path in texts(stem, {name: step.value})]
    if was_file and not found and NAME.match(name):
        found = [f"prompts/{stem}.{name}.md"]
    if not found:
        return None
    root, ending = posixpath.splitext(posixpath.join(posixpath.dirname(place.path), found[0]))
    tries = (f"{root}{f'-{number}' if number else ''}{ending}" for number in count())
    return next(path for path in tries if path not in written.contents and not _is_there(repository, path))


def _bytes(repository: Repository, written: _Written) -> dict[str, bytes]:
    edited = {path: edit(repository.tree.read(path), changes) for path, changes in written.changes.items() if changes}
    return written.contents | edited


def _is_there(repository: Repository, path: str) -> bool:
    folder = posixpath.dirname(path)
    return repository.tree.folder_exists(folder) and path in repository.tree.paths(folder)


def _kept(step: Step, why: str) -> Kept:
    return Kept(key=step.goal.wanted.key, path=step.path, why=why)
