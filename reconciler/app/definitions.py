"""What a commit says of every assistant, and which of them two trees define otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.source import Repository
from reconciler.core.trials import defined
from reconciler.errors import UsageError
from reconciler.model.json import Json, canonical
from reconciler.model.wanted import Removed, Wanted
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.manifests import Manifests, load
from reconciler.repo.settings import SETTINGS, DeploymentSettings, Settings, read_settings
from reconciler.repo.tree import CannotRead, Tree

Definition: TypeAlias = Wanted | Removed


class Said(Struct, frozen=True, kw_only=True):
    """What one tree says for one deployment: its definitions by key, and the settings that they were read with."""

    settings: Settings
    definitions: Mapping[str, Definition]

    @property
    def wanted(self) -> list[Wanted]:
        return [one for one in self.definitions.values() if isinstance(one, Wanted)]


def here(settings: Settings, wanted: tuple[Wanted, ...], removed: tuple[Removed, ...]) -> Said:
    """What the work tree says."""
    definitions: dict[str, Definition] = {one.key: one for one in wanted}
    return Said(settings=settings, definitions=definitions | {one.key: one for one in removed})


def said_at(repository: Repository, commit: str, deployment: str | None) -> Said:
    """What a commit says, read with its own settings. A manifest that was broken then said nothing; neither did any
    where the settings did not list the deployment yet. Raises UsageError where this clone does not have the commit."""
    git = known(repository.git)
    try:
        with CommitTree(git, commit) as tree:
            settings = _settings(tree, repository.settings)
            if _is_new(deployment, repository.settings, settings):
                return Said(settings=settings, definitions={})
            loaded = load(tree, settings, deployment)
    except CannotRead as error:
        raise UsageError(error.message, hint=error.hint) from None
    return here(settings, loaded.wanted, loaded.removed)


def known(git: Git | None) -> Git:
    """Raises UsageError outside a repository."""
    if git is None:
        raise UsageError("there is no git repository here, so there is no commit to compare with")
    return git


def differing(before: Said, after: Said) -> frozenset[str]:
    """The keys that one of the two defines otherwise than the other, or not at all."""
    keys = before.definitions.keys() | after.definitions.keys()
    return frozenset(key for key in keys if _content(before, key) != _content(after, key))


def changed_since(repository: Repository, commit: str) -> tuple[DeploymentSettings, ...]:
    """The deployments for which the work tree comes to something else than the commit; for that where tries run, also
    where only tries are others. All of them where the settings differ, or where a manifest cannot be read: then nobody
    knows. Raises UsageError."""
    listed, git = repository.settings.deployments, known(repository.git)
    try:
        with CommitTree(git, commit) as tree:
            if not _same_settings(repository.tree, tree):
                return listed
    except CannotRead as error:
        raise UsageError(error.message, hint=error.hint) from None
    manifests = Manifests(repository.tree, repository.settings)
    found = []
    for one in listed:
        loaded = manifests.at(one.name)
        now = here(repository.settings, loaded.wanted, loaded.removed)
        then = said_at(repository, commit, one.name)
        tried = one.name == repository.settings.try_on and _tried_otherwise(then, now)
        if loaded.failed or tried or differing(then, now):
            found.append(one)
    return tuple(found)


def _tried_otherwise(before: Said, after: Said) -> bool:
    then = {one.key: defined(one.tries) for one in before.wanted}
    return any(one.tries and then.get(one.key) != defined(one.tries) for one in after.wanted)


def _is_new(deployment: str | None, now: Settings, then: Settings) -> bool:
    """Whether the settings list a deployment that they did not list then."""
    return deployment is not None and now.deployment(deployment) is not None and then.deployment(deployment) is None


def _same_settings(now: Tree, then: CommitTree) -> bool:
    try:
        return now.read(SETTINGS) == then.read(SETTINGS)
    except CannotRead:
        return False


def _settings(tree: CommitTree, today: Settings) -> Settings:
    """Its own settings, where they can be read. Names of deployments that only today's list are no mistake then."""
    try:
        then, _ = read_settings(tree.read(SETTINGS))
    except CannotRead:
        then = None
    if then is None:
        return today
    listed = {one.name for one in then.deployments}
    return replace(then, unlisted=tuple(one.name for one in today.deployments if one.name not in listed))


def _content(said: Said, key: str) -> bytes | None:
    """All that a manifest says of an assistant, in canonical bytes; not where it stands."""
    one = said.definitions.get(key)
    match one:
        case None:
            return None
        case Removed():
            return canonical({"id": one.assistant_id, "removed": "keep" if one.keep else "delete"})
        case Wanted():
            ignore: list[Json] = [list(path) for path in one.ignore]
            policy = one.on_drift.value if one.on_drift is not None else None
            flags: list[Json] = [one.default, one.protected, policy]
            return canonical({"id": one.assistant_id, "spec": one.spec.as_json(), "ignore": ignore, "flags": flags})
