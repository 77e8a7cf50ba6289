"""Which assistants each of the last commits changed: so that a pull request can be told what became of its own."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from reconciler.app.definitions import Said, differing, known, said_at
from reconciler.app.source import Repository
from reconciler.repo.git import Git
from reconciler.repo.manifests import FOLDER
from reconciler.repo.settings import SETTINGS

MOST = 20
"""How many commits are named."""
LOOKED_AT = 50
"""How many are read, of those that changed the settings, what is under `assistants/`, or a file that is read now."""
MOST_PATHS = 1000
"""Files elsewhere that git is asked about by name; where more are read, every commit counts."""


class Commit(Struct, frozen=True, kw_only=True):
    """One commit of the first-parent history, and the keys of the assistants that it defines otherwise than its first
    parent."""

    sha: str
    keys: tuple[str, ...]


def commits(repository: Repository, deployment: str | None, most: int = MOST) -> list[Commit]:
    """The newest commits that changed an assistant of this deployment, newest first. Each tree is read once."""
    git = known(repository.git)
    found: list[Commit] = []
    read: dict[str, Said] = {}

    def said(commit: str) -> Said:
        tree = git.tree(commit) or commit  # what others changed elsewhere leaves it as it was
        if tree not in read:
            read[tree] = said_at(repository, commit, deployment)
        return read[tree]

    nothing = Said(settings=repository.settings, definitions={})
    for commit in git.commits_of(_read_now(git, said), LOOKED_AT):
        if len(found) == most:
            break
        parent = git.parent(commit)
        keys = differing(said(parent) if parent is not None else nothing, said(commit))
        if keys:
            found.append(Commit(sha=commit, keys=tuple(sorted(keys))))
    return found


def _read_now(git: Git, said: Callable[[str], Said]) -> tuple[str, ...]:
    """Where what assistants are stands: code beside it, of which a repository may have much, is passed over."""
    head = git.head()
    now = said(head).wanted if head is not None else []
    elsewhere = {file for one in now for file in one.files if not file.startswith(f"{FOLDER}/")}
    return (".",) if len(elsewhere) > MOST_PATHS else (SETTINGS, FOLDER, *sorted(elsewhere))
