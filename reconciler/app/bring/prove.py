"""The proof of what would be written: read it, and compare it with every goal, every check, and everybody else."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from msgspec.structs import replace

from reconciler.app.bring.differences import differences
from reconciler.app.bring.goal import Step, equal, reached
from reconciler.app.bring.place import Everywhere
from reconciler.app.lint import context_field, lint
from reconciler.app.source import Repository
from reconciler.contexts import Schemas, load_schemas, validate
from reconciler.core import paths
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import same
from reconciler.model.wanted import Wanted
from reconciler.repo.added import Overlay
from reconciler.repo.manifests import Loaded, Manifests
from reconciler.repo.words import listing

Bad = list[tuple[Step, str]]
"""Steps that cannot be, each with why."""

Also = dict[str, tuple[str | None, ...]]
"""By key, the deployments in which others change along."""

Keys = Mapping[str, Wanted]


class Prover:
    """Reads trees that are not written yet. `here` is the deployment that the goals are about."""

    def __init__(self, repository: Repository, here: str | None, before: Everywhere, *, shared: bool) -> None:
        self._repository, self._here, self._shared = repository, here, shared
        self._before = before
        self._keys = {name: _by_key(loaded) for name, loaded in before.items()}
        self._schemas: dict[str | None, Schemas] = {}

    def prove(
        self, steps: Sequence[Step], files: Mapping[str, bytes], of: Callable[[Sequence[Step]], Mapping[str, bytes]]
    ) -> tuple[Bad, Also]:
        """What does not come out, and who else changes. `of` gives the files of some of the steps alone: where not all
        is well, it shows which of them does that."""
        after = self._read(files)
        goals = _by_goal(steps)
        also, errors = self._also(goals.keys(), after), self._new_errors(after)
        suspects = {key for key, some in goals.items() if self._not_there(some, after) is not None}
        suspects |= {d.key for d in errors if d.key in goals}
        if not (suspects or errors or (also and not self._shared)):
            return [], also
        bad: Bad = []
        for key in suspects or goals:
            some = goals[key]
            why = self._why(some, self._read(of(some)))
            if why is not None:
                alone = [(step, self._why([step], self._read(of([step])))) for step in some]
                bad += [(step, said) for step, said in alone if said is not None] or [(step, why) for step in some]
        return bad or [(step, "it cannot be written together with the others") for step in steps], also

    def _why(self, steps: Sequence[Step], after: Everywhere) -> str | None:
        """Why steps of one goal cannot be, where only they are made."""
        key = steps[0].key
        errors, others = self._new_errors(after), self._also([key], after)
        if errors:
            return _refused(errors[0].message)
        return self._not_there(steps, after) or (self._changes(key, others) if others and not self._shared else None)

    def _changes(self, key: str, others: Also) -> str:
        """That others would change along, and which."""
        who = next((one for one in others if one != key), None)
        if who is not None:
            return f"it would change assistant `{who}` too"
        names = [name for name in others[key] if name is not None]
        if self._here is None:
            return f"this server has no name, and there it would count for {listing(names)}: -d NAME, or --shared"
        return f"it would change {listing(names)} too"

    def _read(self, files: Mapping[str, bytes]) -> Everywhere:
        made = Manifests(Overlay(self._repository.tree, files), self._repository.settings)
        return {name: made.at(name) for name in self._before}

    def _not_there(self, steps: Sequence[Step], after: Everywhere) -> str | None:
        """Why reading does not give the steps of one goal, and nothing else of it new; None where it does."""
        want = steps[0].goal.wanted
        found = _by_key(after[self._here]).get(want.key)
        if found is None or found.assistant_id != want.assistant_id:
            return "its manifest could not be read any more"
        content = found.spec.as_json()
        for step in steps:
            if not equal(paths.get(content, step.path), step.value):
                return _unsaid(step.value)
        rest = differences(reached(want, list(steps)).as_json(), content)
        return f"it would change {context_field(rest[0][0])} too" if rest else None

    def _new_errors(self, after: Everywhere) -> list[Diagnostic]:
        """What would be wrong, and is not wrong now."""
        return [d for name, loaded in after.items() for d in self._errors_of_changed(name, loaded)]

    def _errors_of_changed(self, name: str | None, loaded: Loaded) -> Iterator[Diagnostic]:
        settings, keys = self._repository.settings, self._keys[name]
        known = {(d.code, d.path, d.message) for d in self._before[name].diagnostics}
        yield from (d for d in loaded.diagnostics if d.severity == "error" and (d.code, d.path, d.message) not in known)
        changed = [one for one in loaded.wanted if not _unmoved(one, keys.get(one.key))]
        before = self._validated([keys[one.key] for one in changed if one.key in keys], self._before[name], name)
        already = {(d.key, d.message) for d in before}
        linted = lint(settings, replace(loaded, wanted=tuple(changed), partial=())).diagnostics
        for d in (*linted, *self._validated(changed, loaded, name)):
            if d.severity == "error" and (d.key, d.message) not in already:
                yield d

    def _validated(self, wanted: Sequence[Wanted], loaded: Loaded, name: str | None) -> list[Diagnostic]:
        if name not in self._schemas:
            self._schemas[name] = load_schemas(self._repository.tree, name)
        schemas, settings = self._schemas[name], self._repository.settings
        return validate(wanted, schemas.by_graph, settings.open_graphs, loaded.locate, paths=schemas.paths)

    def _also(self, goals: Container[str], after: Everywhere) -> Also:
        found: dict[str, list[str | None]] = {}
        for name, loaded in after.items():
            said = _by_key(loaded)
            for key, one in self._keys[name].items():
                if not _unmoved(one, said.get(key)) and (name != self._here or key not in goals):
                    found.setdefault(key, []).append(name)
        return {key: tuple(names) for key, names in found.items()}


def _by_key(loaded: Loaded) -> Keys:
    return {one.key: one for one in loaded.wanted}


def _by_goal(steps: Sequence[Step]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.key, []).append(step)
    return found


def _unmoved(one: Wanted, other: Wanted | None) -> bool:
    return (
        other is not None and other.assistant_id == one.assistant_id and same(other.spec.as_json(), one.spec.as_json())
    )


def _refused(message: str) -> str:
    return f"`reconciler validate` would refuse it: {message}"


def _unsaid(value: object) -> str:
    if _has_null(value):
        return "null cannot be said where it would be written: it takes away what a file below says"
    return "read back, it would not be what is to be said"


def _has_null(value: object) -> bool:
    return value is None or (isinstance(value, dict) and any(map(_has_null, value.values())))
