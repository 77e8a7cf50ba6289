"""What git has said of an assistant since we last wrote it: its specs at the commits in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from reconciler.app.source import Repository
from reconciler.core.compare import Pair
from reconciler.core.state import DEPTH, Base, newest_of_ours
from reconciler.model.live import History, Live
from reconciler.model.wanted import Wanted
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.manifests import load
from reconciler.repo.settings import SETTINGS, Settings, read_settings
from reconciler.repo.tree import CannotRead

MOST_MARKED = 5
"""How many commits are looked at for what is missing."""

TOO_MANY = f"more than {DEPTH} commits have passed since it was last written"


class Past:
    """Specs at commits, as one deployment had them. Each commit is read once for all that are asked together."""

    def __init__(self, repository: Repository, deployment: str | None) -> None:
        self._repository = repository
        self._deployment = deployment
        self._read: dict[tuple[str, frozenset[str]], dict[str, Wanted]] = {}

    def bases(self, asked: Sequence[tuple[Pair, History]]) -> dict[str, Base]:
        """B of each assistant, by id. Never raises for what a commit holds: a manifest that was broken then said
        nothing."""
        owner = self._repository.settings.owner
        written = (newest_of_ours(owner, pair.live.assistant_id, history) for pair, history in asked)
        # Also where it stood when it was written: the file may have moved since.
        before = {row.marker.path for row in written if row is not None and row.marker is not None and row.marker.path}
        paths = frozenset({pair.wanted.path for pair, _ in asked} | before)
        return {pair.live.assistant_id: self._base(owner, pair, history, paths) for pair, history in asked}

    def at_head(self, asked: Sequence[Pair]) -> dict[str, tuple[str, Wanted]]:
        """What HEAD says of each, with its commit, by id; nothing where there is none, or no git."""
        git = self._repository.git
        head = git.head() if git is not None and asked else None
        if git is None or head is None:
            return {}
        specs = self._at(git, head, frozenset(pair.wanted.path for pair in asked))
        there = ((pair.live.assistant_id, specs.get(pair.wanted.assistant_id)) for pair in asked)
        return {identifier: (head, spec) for identifier, spec in there if spec is not None}

    def seen_before(self, lives: Iterable[Live], missing: Sequence[Wanted]) -> dict[str, str]:
        """Key -> commit, of those among `missing` whose manifest git had already when others of ours were written.

        Such a one was applied and deleted outside git, or its creation failed: nobody can tell which, since a deletion
        takes the history along. A few of the commits that the live markers name are looked at.
        """
        git, paths = self._repository.git, frozenset(want.path for want in missing)
        if git is None or not paths:
            return {}
        marks = (live.mark for live in lives)
        commits = sorted({m.commit for m in marks if m is not None and m.commit and not m.commit.endswith("-dirty")})
        found: dict[str, str] = {}
        for commit in commits[:MOST_MARKED]:
            if git.knows(commit):
                specs = self._at(git, commit, paths)
                found |= {w.key: commit for w in missing if w.assistant_id in specs and w.key not in found}
        return found

    def _base(self, owner: str, pair: Pair, history: History, paths: frozenset[str]) -> Base:
        git = self._repository.git
        if git is None:
            return Base(complete=False, why="there is no git history to compare with")
        ours = newest_of_ours(owner, pair.live.assistant_id, history)
        if ours is None or ours.marker is None:
            commits = git.commits_of((pair.wanted.path, *pair.wanted.files), DEPTH)
            return self._said(git, pair, commits, paths, complete=len(commits) < DEPTH, why=TOO_MANY)
        commit = ours.marker.commit
        if commit is None:
            return Base(complete=False, why="what was last written does not say which commit it came from")
        since = git.commits_since(commit, DEPTH)
        if since is None:
            why = f"this clone does not have commit {commit[:12]}, from which it was last written"
            return Base(complete=False, why=why)
        if commit.endswith("-dirty"):
            why = "it was last written from files that were not committed"
            if ours.marker.rollback is not None:  # what was rolled back from is what git said after that commit
                since = since[:-1]
            return self._said(git, pair, since, paths, complete=False, why=why)
        return self._said(git, pair, since, paths, complete=len(since) < DEPTH, why=TOO_MANY)

    def _said(
        self, git: Git, pair: Pair, commits: Sequence[str], paths: frozenset[str], *, complete: bool, why: str
    ) -> Base:
        found = {commit: self._at(git, commit, paths).get(pair.wanted.assistant_id) for commit in commits}
        said = {commit: spec for commit, spec in found.items() if spec is not None}
        return Base(specs=tuple(said.values()), commits=tuple(said), complete=complete, why=why)

    def _at(self, git: Git, commit: str, paths: frozenset[str]) -> Mapping[str, Wanted]:
        if (commit, paths) not in self._read:
            with CommitTree(git, commit) as tree:
                loaded = load(tree, self._then(tree), self._deployment, only=paths)
            self._read[commit, paths] = {wanted.assistant_id: wanted for wanted in loaded.wanted}
        return self._read[commit, paths]

    def _then(self, tree: CommitTree) -> Settings:
        """Today's settings, with the deployments that manifests could name then: an override for one that is not listed
        any more was no mistake."""
        today = self._repository.settings
        try:
            then, _ = read_settings(tree.read(SETTINGS))
        except CannotRead:
            then = None
        known = {deployment.name for deployment in today.deployments}
        more = (one for one in (then.deployments if then is not None else ()) if one.name not in known)
        return replace(today, deployments=(*today.deployments, *more))
