"""What git has said of an assistant since we last wrote it: its specs at the commits in between (DESIGN's B)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.app.source import Repository
from reconciler.core.compare import Pair
from reconciler.core.state import DEPTH, Base, newest_of_ours
from reconciler.model.live import History
from reconciler.model.wanted import Wanted
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.manifests import load
from reconciler.repo.tree import Tree


class _Narrow:
    """A tree of which only some manifests are listed, so that a look into the past does not parse everything."""

    def __init__(self, tree: Tree, manifests: frozenset[str]) -> None:
        self._tree, self._manifests = tree, manifests

    def folder_exists(self, folder: str) -> bool:
        return self._tree.folder_exists(folder)

    def paths(self, folder: str) -> Sequence[str]:
        return [path for path in self._tree.paths(folder) if path in self._manifests]

    def read(self, path: str) -> bytes:
        return self._tree.read(path)

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        return self._tree.ignored(paths)


class Past:
    """Specs at commits, each commit read once a run."""

    def __init__(self, repository: Repository, wanted: Sequence[Wanted]) -> None:
        """`wanted` are those whose past may be asked for."""
        self._repository = repository
        self._paths = frozenset(want.path for want in wanted)
        self._read: dict[str, dict[str, Wanted]] = {}

    def base(self, owner: str, pair: Pair, history: History) -> Base:
        """B of one assistant. Never raises for what a commit holds: a manifest that was broken then said nothing."""
        git = self._repository.git
        if git is None:
            return Base(complete=False, why="there is no git history to compare with")
        ours = newest_of_ours(owner, pair.live.assistant_id, history)
        if ours is None or ours.marker is None:
            commits = git.commits_of(pair.wanted.path, DEPTH)
            return Base(specs=self._specs(git, pair, commits), complete=len(commits) < DEPTH, why=_too_many())
        commit = ours.marker.commit
        if commit is None:
            return Base(complete=False, why=f"version {ours.number} does not say which commit it came from")
        since = git.commits_since(commit, DEPTH)
        if since is None:
            return Base(complete=False, why=f"this clone does not have commit {commit[:12]} of version {ours.number}")
        specs = self._specs(git, pair, since)
        if commit.endswith("-dirty"):
            why = f"version {ours.number} was written from a tree with uncommitted changes"
            return Base(specs=specs, complete=False, why=why)
        return Base(specs=specs, complete=len(since) < DEPTH, why=_too_many())

    def _specs(self, git: Git, pair: Pair, commits: Sequence[str]) -> tuple[Wanted, ...]:
        found = (self._at(git, commit).get(pair.wanted.assistant_id) for commit in commits)
        return tuple(spec for spec in found if spec is not None)

    def _at(self, git: Git, commit: str) -> Mapping[str, Wanted]:
        if commit not in self._read:
            with CommitTree(git, commit) as tree:
                loaded = load(_Narrow(tree, self._paths), self._repository.settings)
            self._read[commit] = {wanted.assistant_id: wanted for wanted in loaded.wanted}
        return self._read[commit]


def _too_many() -> str:
    return f"more than {DEPTH} commits have passed since it was last written"
