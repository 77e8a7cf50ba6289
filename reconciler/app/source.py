"""Everything that a run takes from the repository: settings, manifests, schemas, and what git says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.contexts import Schemas, load_schemas, validate
from reconciler.core.compose import Provenance
from reconciler.errors import InvalidSource
from reconciler.model.diagnostic import Diagnostic
from reconciler.repo import remote
from reconciler.repo.git import Git, open_git
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.settings import Settings, find_deployment, find_settings, load_settings
from reconciler.repo.worktree import WorkTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The settings and where they stand. `git` is None outside a repository."""

    root: Path
    settings: Settings
    git: Git | None
    tree: WorkTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What git wants, with all that was found wrong. Not to be planned with while `failed`."""

    repository: Repository
    loaded: Loaded
    schemas: Schemas
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)

    def require(self) -> None:
        """Raises InvalidSource where anything is wrong: a file that cannot be read is never taken for a deletion."""
        if self.failed:
            raise InvalidSource(self.diagnostics)


def open_repository(directory: Path) -> Repository:
    """Find and read the settings, upwards from `directory`. Raises SettingsError."""
    path = find_settings(directory)
    root = path.parent
    git = open_git(root)
    return Repository(root=root, settings=load_settings(path), git=git, tree=WorkTree(root, git))


def read_source(repository: Repository, deployment: str | None) -> Source:
    """Read and validate every manifest: all errors of all files in one run. Nothing is sent anywhere.

    Raises UsageError where the settings list no such deployment.
    """
    if deployment is not None:
        find_deployment(repository.settings, deployment)
    loaded = load(repository.tree, repository.settings)
    schemas = load_schemas(repository.tree, deployment)
    found = [*loaded.diagnostics, *schemas.diagnostics]
    open_graphs = repository.settings.open_graphs
    # Also those with errors of their own: whoever corrects these is not to meet the next ones in another run.
    readable = (*loaded.wanted, *loaded.partial)
    found += validate(readable, schemas.by_graph, open_graphs, loaded.locate, paths=schemas.paths, unread=loaded.unread)
    found.sort(key=Diagnostic.order)
    return Source(repository=repository, loaded=loaded, schemas=schemas, diagnostics=tuple(found))


def provenance(repository: Repository, environ: Mapping[str, str], deployment: str | None) -> Provenance:
    """Where what is written comes from. `commit` ends in `-dirty` where the tree is not what was committed."""
    git = repository.git
    repo = remote.repository(git, environ)
    head = git.head() if git is not None else None
    if git is None or head is None:
        return Provenance(repo=repo, deployment=deployment)
    return Provenance(
        repo=repo,
        deployment=deployment,
        commit=f"{head}-dirty" if git.is_dirty() else head,
        source=lambda path: remote.source(git, environ, head, path),
    )
