"""Everything that a run takes from the repository: settings, manifests, schemas, and what git says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.lint import lint, unused
from reconciler.app.nodes import load_nodes
from reconciler.app.placeholders import against_git
from reconciler.app.settings_at import settings_at
from reconciler.app.untagged import Untagged
from reconciler.contexts import FOLDER as SCHEMAS
from reconciler.contexts import Schemas, load_schemas, validate
from reconciler.contexts.nodes import check_tries
from reconciler.core.compose import Provenance
from reconciler.errors import InvalidSource
from reconciler.model.diagnostic import Diagnostic, distinct
from reconciler.repo import remote
from reconciler.repo.git import Git, open_git
from reconciler.repo.manifests import Loaded, Manifests
from reconciler.repo.settings import Settings, find_deployment, find_settings, load_settings
from reconciler.repo.words import listing
from reconciler.repo.worktree import WorkTree


class Repository(Struct, frozen=True, kw_only=True):
    """The settings and where they stand. `git` is None outside a repository.

    `proposed` are the tree's own settings where those of a commit are used in their place, and they differ.
    """

    root: Path
    settings: Settings
    git: Git | None
    tree: WorkTree
    proposed: Settings | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


class Source(Struct, frozen=True, kw_only=True):
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


def open_repository(directory: Path, settings_from: str | None = None) -> Repository:
    """Find and read the settings, upwards from `directory`. With `settings_from` those of that commit count, and the
    tree's do not: what is proposed cannot say where a key is sent. Raises SettingsError and InvalidSource."""
    path = find_settings(directory)
    root = path.parent
    git = open_git(root)
    tree = WorkTree(root, git)
    if settings_from is None:
        return Repository(root=root, settings=load_settings(path), git=git, tree=tree)
    then = settings_at(git, tree, settings_from, directory, root)
    return Repository(
        root=root, settings=then.settings, git=git, tree=tree, proposed=then.proposed, diagnostics=then.diagnostics
    )


def read_source(repository: Repository, deployment: str | None, *, past: bool = False) -> Source:
    """Read and validate every manifest: all errors of all files in one run. Nothing is sent anywhere.

    With `past` it also warns of placeholders that prompts had in git before, for who has no server to compare with.
    Raises UsageError where the settings list no such deployment.
    """
    if deployment is not None:
        find_deployment(repository.settings, deployment)
    source = _read(repository, Manifests(repository.tree, repository.settings), deployment, set())
    return _with_warnings({deployment: source}, past=past)[0]


def read_everywhere(repository: Repository) -> list[Source]:
    """As `read_source` with `past`, for each deployment that the settings list: overrides differ, and so may schemas.
    Where none is listed, once, for a server without a name."""
    manifests = Manifests(repository.tree, repository.settings)
    checked: set[tuple[int, str | None]] = set()
    names: list[str | None] = [deployment.name for deployment in repository.settings.deployments]
    sources = {name: _read(repository, manifests, name, checked) for name in names or [None]}
    return _with_warnings(_named(sources), past=True)


def _named(sources: Mapping[str | None, Source]) -> dict[str | None, Source]:
    """The same, where what only a deployment's own schema refuses names that deployment: the line at which it stands
    may be one that all of them share."""
    holders: dict[tuple[object, ...], list[str]] = {}
    for name, source in sources.items():
        for one in source.diagnostics:
            holders.setdefault(one.order(), []).append(name or "")

    def named(own: frozenset[str], one: Diagnostic) -> Diagnostic:
        where = holders[one.order()]
        if one.key not in own or not one.code.startswith("context-") or len(where) == len(sources):
            return one
        noun = "deployment" if len(where) == 1 else "deployments"
        return replace(one, message=f"{one.message}, in {noun} {listing(where)}")

    def whole(name: str | None, source: Source) -> Source:
        everyone = (*source.loaded.wanted, *source.loaded.partial)
        paths, folder = source.schemas.paths, f"{SCHEMAS}/{name}/"
        own = frozenset(w.key for w in everyone if paths.get(w.spec.graph_id, "").startswith(folder))
        if not own:
            return source
        return replace(source, diagnostics=tuple(named(own, one) for one in source.diagnostics))

    return {name: whole(name, source) for name, source in sources.items()}


def _read(
    repository: Repository, manifests: Manifests, deployment: str | None, checked: set[tuple[int, str | None]]
) -> Source:
    """`checked` are those that were validated already, with the file of their schema: most are the same everywhere."""
    loaded = manifests.at(deployment)
    schemas = load_schemas(repository.tree, deployment)
    linted = lint(repository.settings, loaded)
    found = [*loaded.diagnostics, *schemas.diagnostics]
    # Also those with errors of their own: whoever corrects these is not to meet the next ones in another run.
    readable = []
    for one in (*loaded.wanted, *loaded.partial):
        this = id(one), schemas.paths.get(one.spec.graph_id)
        if this not in checked:
            checked.add(this)
            readable.append(one)
    found += validate(
        readable,
        schemas.by_graph,
        repository.settings.open_graphs,
        loaded.locate,
        paths=schemas.paths,
        unread=linted.unread(loaded.unread),
    )
    nodes = load_nodes(repository.tree, deployment)
    found += [*nodes.diagnostics, *check_tries((*loaded.wanted, *loaded.partial), nodes.by_graph, loaded.locate)]
    return Source(repository=repository, loaded=loaded, schemas=schemas, diagnostics=tuple(linted.beside(found)))


def _with_warnings(sources: Mapping[str | None, Source], *, past: bool) -> list[Source]:
    """The sources of some deployments; the first of them also says what all of them together show."""
    first, *others = sources.values()
    repository, settings = first.repository, first.repository.settings
    readings = {name: source.loaded for name, source in sources.items()}
    untagged = Untagged(repository.tree)
    untagged.look(readings.values())
    found = [*repository.diagnostics, *untagged.found]
    found += unused(repository.tree, settings, readings, untagged.named)
    if past:
        found += against_git(repository.git, repository.tree, settings, readings)
    return [replace(first, diagnostics=tuple(distinct([*first.diagnostics, *found]))), *others]


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
        source=remote.sources(git, environ, head),
    )
