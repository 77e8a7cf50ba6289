"""All manifests of a tree. One that cannot be read is an error, and so never looks like a deletion."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests.collisions import id_collisions, key_collisions
from reconciler.repo.manifests.keys import key_of, key_problem
from reconciler.repo.manifests.manifest import read_manifest
from reconciler.repo.manifests.partial import Partial, read_partial
from reconciler.repo.manifests.place import Place
from reconciler.repo.manifests.prompts import Prompts
from reconciler.repo.settings.types import Settings
from reconciler.repo.tree import CannotRead, Tree, beside
from reconciler.repo.yaml import Document, Findings
from reconciler.repo.yaml import load as load_yaml

FOLDER = "assistants"


@dataclass(frozen=True, slots=True)
class Loaded:
    """`wanted` is sorted by key and holds the manifests without errors; `diagnostics` is sorted by place.

    Whoever plans must refuse to where `failed`: what is missing from `wanted` then is not gone from git.

    `partial` are those with errors whose graph and context can be read all the same: to check their contexts, and for
    nothing else. `unread` has by path of such a manifest what cannot be told of its context.
    """

    wanted: tuple[Wanted, ...]
    diagnostics: tuple[Diagnostic, ...]
    _documents: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)
    partial: tuple[Wanted, ...] = ()
    unread: Mapping[str, frozenset[FieldPath]] = field(default_factory=dict)
    _spelt: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)

    def locate(self, wanted: Wanted, path: FieldPath, *, name: bool = False) -> Place:
        """Where the value at a path of a spec stands, or its `name`: in the manifest, or line 1 of its `!file`.

        Where there is no such value: the nearest field above it.
        """
        if wanted.path in self._spelt and path:
            path = (self._spelt[wanted.path].get(str(path[0]), path[0]), *path[1:])
        operand, line, column = self._documents[wanted.path].trace(path, name=name)
        if operand is not None and not name:
            return Place(beside(wanted.path, operand), 1, 1)
        return Place(wanted.path, line, column)


def load(tree: Tree, settings: Settings) -> Loaded:
    """Read every manifest of a tree. Never raises for what stands in them.

    Where there is no manifest at all the diagnostics say so: `no-source` (an error) without the folder,
    `empty-source` (a warning) without files in it.
    """
    if not tree.folder_exists(FOLDER):
        message = f"there is no folder `{FOLDER}` beside reconciler.yaml"
        missing = Diagnostic(severity="error", code="no-source", message=message, hint="mkdir assistants")
        return Loaded((), (missing,))
    found: list[Diagnostic] = []
    paths = _manifests(tree.paths(FOLDER), found)
    if not paths and not found:
        message = f"there is no manifest under `{FOLDER}/`"
        return Loaded((), (Diagnostic(severity="warning", code="empty-source", message=message, path=FOLDER),))
    prompts = Prompts(tree)
    documents: dict[str, Document] = {}
    wanted: list[Wanted] = []
    partial: list[Partial] = []
    for path in paths:
        match _load_one(tree, path, settings.owner, prompts, documents, found):
            case Wanted() as one:
                wanted.append(one)
            case Partial() as some:
                partial.append(some)
            case None:
                pass
    prompts.check_ignored()
    wanted.sort(key=lambda one: (one.key, one.path))
    found += prompts.found + key_collisions((key_of(path, FOLDER), path) for path in paths) + id_collisions(wanted)
    found.sort(key=Diagnostic.order)
    partial.sort(key=lambda some: (some.wanted.key, some.wanted.path))
    return Loaded(
        tuple(wanted),
        tuple(found),
        documents,
        partial=tuple(some.wanted for some in partial),
        unread={some.wanted.path: some.unread for some in partial},
        _spelt={some.wanted.path: some.spelt for some in partial},
    )


def _manifests(paths: Iterable[str], found: list[Diagnostic]) -> list[str]:
    result = []
    for path in paths:
        if path.endswith("/"):
            message = "a link to a folder is not read: manifests stand in folders of this repository"
            found.append(Diagnostic(severity="error", code="linked-folder", message=message, path=path.rstrip("/")))
            continue
        name = posixpath.basename(path)
        if name.endswith((".yaml", ".yml")) and not name.startswith("_") and not _holds_tries(name):
            result.append(path)
    return result


def _holds_tries(name: str) -> bool:
    return name.endswith((".tries.yaml", ".tries.yml"))


def _load_one(
    tree: Tree,
    path: str,
    owner: str,
    prompts: Prompts,
    documents: dict[str, Document],
    found: list[Diagnostic],
) -> Wanted | Partial | None:
    key = key_of(path, FOLDER)
    wrong = key_problem(key)
    if wrong is not None:
        found.append(Diagnostic(severity="error", code="key-grammar", message=wrong, path=path, line=1, column=1))
    try:
        data = tree.read(path)
    except CannotRead as refused:
        message = f"the manifest {refused.message}"
        found.append(
            Diagnostic(severity="error", code="bad-file", message=message, path=path, hint=refused.hint, key=key)
        )
        return None
    files: set[str] = set()
    document = load_yaml(data, path, partial(_prompt, prompts, path, files))
    documents[path] = document
    findings = Findings(document, key)
    one = read_manifest(findings, document, key, owner, files)
    found += findings.all
    return one if one is not None and wrong is None else read_partial(findings, key)


def _prompt(prompts: Prompts, path: str, files: set[str], name: str, line: int, column: int) -> str | Diagnostic | None:
    return prompts.text(name, Place(path, line, column), files)
