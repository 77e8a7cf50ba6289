"""The proof of what would be written: read it, and compare it with every goal, every schema, and everybody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reconciler.app.bring.goal import Step
from reconciler.app.bring.place import Everywhere
from reconciler.app.source import Repository
from reconciler.contexts import load_schemas, validate
from reconciler.core import paths
from reconciler.model.change import ABSENT, Value
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import same
from reconciler.model.wanted import Wanted
from reconciler.repo.added import Overlay
from reconciler.repo.manifests import Loaded, Manifests

Bad = list[tuple[Step, str]]
"""Steps that cannot be, each with why."""

Also = dict[str, tuple[str, ...]]
"""By deployment, the keys of others that change along."""


class Prover:
    """Reads trees that are not written yet. `here` is the deployment that the goals are about."""

    def __init__(self, repository: Repository, here: str | None, before: Everywhere, *, shared: bool) -> None:
        self._repository, self._here, self._before, self._shared = repository, here, before, shared
        self._schemas = load_schemas(repository.tree, here)
        self._broken = {d.message for d in self._errors(before[here], {one.key for one in before[here].wanted})}

    def prove(
        self, steps: Sequence[Step], files: Mapping[str, bytes], of: Callable[[Sequence[Step]], Mapping[str, bytes]]
    ) -> tuple[Bad, Also]:
        """What does not come out, and who else changes. `of` gives the files of some of the steps alone: where others
        would change, it shows which goal does that."""
        after = self._read(files)
        bad = self._not_there(steps, after[self._here])
        also = self._also(steps, after)
        if bad or self._shared or not also:
            return bad, also
        for key in {step.goal.wanted.key: None for step in steps}:
            mine = [step for step in steps if step.goal.wanted.key == key]
            others = self._also(mine, self._read(of(mine)))
            if others:
                who = next(iter(others.values()))[0]
                bad += [(step, f"it would change assistant `{who}` too") for step in mine]
        return bad or [(step, "it would change others too") for step in steps], also

    def _read(self, files: Mapping[str, bytes]) -> Everywhere:
        made = Manifests(Overlay(self._repository.tree, files), self._repository.settings)
        return {name: made.at(name) for name in self._before}

    def _not_there(self, steps: Sequence[Step], loaded: Loaded) -> Bad:
        found = {one.key: one for one in loaded.wanted}
        told = {d.key: d.message for d in self._errors(loaded, {s.goal.wanted.key for s in steps})}
        bad: Bad = []
        for step in steps:
            key = step.goal.wanted.key
            one = found.get(key)
            if one is None:
                bad.append(
                    (step, next((d.message for d in loaded.diagnostics if d.key == key), "it could not be read"))
                )
            elif not _equal(paths.get(one.spec.as_json(), step.path), step.value):
                bad.append((step, "read back, it would not be what is live"))
            elif told.get(key) not in (None, *self._broken):
                bad.append((step, f"the graph's schema refuses it: {told[key]}"))
        return bad

    def _errors(self, loaded: Loaded, keys: set[str]) -> list[Diagnostic]:
        wanted = [one for one in loaded.wanted if one.key in keys and one.spec.graph_id in self._schemas.by_graph]
        settings = self._repository.settings
        return validate(wanted, self._schemas.by_graph, settings.open_graphs, loaded.locate, paths=self._schemas.paths)

    def _also(self, steps: Sequence[Step], after: Everywhere) -> Also:
        goals = {step.goal.wanted.key for step in steps}
        found: Also = {}
        for name, loaded in after.items():
            said = {one.key: one for one in loaded.wanted}
            changed = [one.key for one in self._before[name].wanted if not _unmoved(one, said.get(one.key))]
            others = tuple(key for key in changed if name != self._here or key not in goals)
            if others:
                found[name or ""] = others
        return found


def _unmoved(before: Wanted, after: Wanted | None) -> bool:
    return (
        after is not None
        and after.assistant_id == before.assistant_id
        and same(after.spec.as_json(), before.spec.as_json())
    )


def _equal(found: Value, wanted: Value) -> bool:
    if found is ABSENT or wanted is ABSENT:
        return found is wanted
    return same(found, wanted)
