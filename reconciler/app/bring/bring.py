"""From goals to the bytes of files, and the proof by reading them."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.app.bring.goal import Brought, Goal, Kept, Step, steps
from reconciler.app.bring.place import Everywhere, Places
from reconciler.app.bring.prove import Also, Bad, Prover
from reconciler.app.bring.write import Writing
from reconciler.app.lint import refused as is_secret
from reconciler.app.source import Repository
from reconciler.model.change import ABSENT
from reconciler.repo.manifests import Manifests
from reconciler.repo.tree import LARGEST_FILE
from reconciler.repo.yaml import refused

SECRET = "it looks like a secret, and git is no place for one"


def bring(repository: Repository, here: str | None, goals: Sequence[Goal], *, shared: bool = False) -> Brought:
    """What to write so that reading gives each goal, and everybody else what they were. Writes nothing itself.

    What cannot be had is kept as git has it, with the reason. With `shared` values are written where they came from,
    whoever else takes them from there; those are named.
    """
    manifests = Manifests(repository.tree, repository.settings)
    names = [one.name for one in repository.settings.deployments]
    before: Everywhere = {name: manifests.at(name) for name in dict.fromkeys((*names, here))}
    places = Places(repository.tree, here, before, shared=shared)
    prover = Prover(repository, here, before, shared=shared)
    bad: Bad = []
    todo: list[Step] = []
    for step in (step for goal in goals for step in steps(goal)):
        why = _cannot(repository, step)
        if why is None:
            todo.append(step)
        else:
            bad.append((step, why))

    def written(some: Sequence[Step]) -> tuple[Writing, Bad]:
        writing = Writing(repository.tree, places)
        return writing, [one for step in some for one in writing.add(step)]

    while True:
        writing, wrong = written(todo)
        files = {} if wrong else writing.files()
        also: Also = {}
        if todo and not wrong:
            wrong, also = prover.prove(todo, files, lambda some: written(some)[0].files())
        if not wrong:
            break
        bad += wrong
        todo = _without(todo, wrong)
    touched = {step.key for step in todo}
    return Brought(
        files={path: content for path, content in files.items() if not writing.is_there(path)},
        edits={path: content for path, content in files.items() if writing.is_there(path)},
        taken=tuple(goal for goal in goals if goal.wanted.key in touched),
        kept=tuple({(step.key, step.path): Kept(key=step.key, path=step.path, why=why) for step, why in bad}.values()),
        copies={path: file for path, file in writing.copies.items() if path in files},
        also=also,
    )


def _without(some: Sequence[Step], bad: Bad) -> list[Step]:
    wrong = {(step.key, step.path) for step, _ in bad}
    return [step for step in some if (step.key, step.path) not in wrong]


def _cannot(repository: Repository, step: Step) -> str | None:
    """Why no manifest may or can say a value; None where it can."""
    if step.value is ABSENT:
        return None
    above, name = step.path[:-1], str(step.path[-1])
    if is_secret(repository.settings, step.key, above, {name: step.value}):
        return SECRET
    found = next(refused(step.value, step.path), None)
    if found is not None:
        return f"it {found[1]}" if found[0] == step.path else found[1]
    if isinstance(step.value, str) and len(step.value.encode()) > LARGEST_FILE:
        return "it is larger than 1 MB"
    return None
