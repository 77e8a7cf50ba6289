"""A new manifest: every field that its graph asks for, and the others as comments with what holds without them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from reconciler.app.source import Repository
from reconciler.contexts import load_schemas, validate
from reconciler.contexts.suggest import Field, suggest
from reconciler.contexts.vscode import EDITOR_PATH
from reconciler.errors import InvalidSource, ReconcilerError, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject
from reconciler.render.escape import terminal
from reconciler.repo import added
from reconciler.repo.manifests import FOLDER, load
from reconciler.repo.manifests.keys import key_problem
from reconciler.repo.manifests.prompts import OPEN
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.settings import find_deployment
from reconciler.repo.tree import LARGEST_FILE
from reconciler.repo.words import did_you_mean, listing
from reconciler.repo.yaml import FileTag, dump, refused

_WIDEST = 110
_MOST_LINES = 3


class New(Struct, frozen=True, kw_only=True):
    """The files that were written, the manifest last; the prompts among them that hold nothing yet; and what
    `validate` says of the manifest: what is left to put in."""

    files: tuple[str, ...]
    blank: tuple[str, ...]
    left: tuple[Diagnostic, ...]


class _Draft(Struct, frozen=True, kw_only=True):
    manifest: str
    files: dict[str, bytes]
    blank: tuple[str, ...]


def new(repository: Repository, key: str, graph: str, *, name: str | None, deployment: str | None) -> New:
    """Write the manifest of a new assistant. Overwrites nothing.

    Raises UsageError for a key that cannot be and a graph that is not known, InvalidSource where the manifest would be
    wrong beside those that are there, ReconcilerError where a file is there already; then nothing is written.
    """
    _check_key(repository, key)
    schema = _schema(repository, graph, deployment)
    has_editor = EDITOR_PATH in (repository.tree.paths("schemas") if repository.tree.folder_exists("schemas") else ())
    draft = _draft(key, graph, name or _name(key), suggest(schema), modeline=has_editor)
    left = _read_back(repository, draft, graph, schema)
    added.write(repository.root, draft.files)
    return New(files=tuple(draft.files), blank=draft.blank, left=tuple(left))


def _check_key(repository: Repository, key: str) -> None:
    path = re.fullmatch(rf"(?:{FOLDER}/)?(.*?)(?:\.ya?ml)?", key, re.DOTALL)
    assert path is not None
    if path[1] != key:
        raise UsageError("an assistant is named by its key, not by a path", hint=f"reconciler new {path[1]}")
    wrong = key_problem(key)
    if wrong is None and key.endswith(".tries"):
        wrong = f"`{FOLDER}/{key}.yaml` would be read as the tries of another assistant"
    if wrong is not None:
        raise UsageError(wrong)
    there = repository.tree.paths(FOLDER) if repository.tree.folder_exists(FOLDER) else ()
    for path_there in there:
        if path_there.casefold() in {f"{FOLDER}/{key}{ending}".casefold() for ending in (".yaml", ".yml")}:
            raise ReconcilerError(f"{path_there} is there already, and is not overwritten")


def _schema(repository: Repository, graph: str, deployment: str | None) -> JsonObject:
    if deployment is not None:
        find_deployment(repository.settings, deployment)
    schemas = load_schemas(repository.tree, deployment)
    if graph in schemas.by_graph:
        return schemas.by_graph[graph]
    if graph in schemas.paths:
        raise InvalidSource([d for d in schemas.diagnostics if d.path == schemas.paths[graph]])
    if graph in repository.settings.open_graphs:
        return {}
    known = sorted({*schemas.by_graph, *repository.settings.open_graphs})
    near = did_you_mean(graph, known)
    has = f"schemas/ has {listing(known)}" if known else "schemas/ has none"
    raise UsageError(f"there is no graph `{graph}`: {has}", hint=near or "what a server has: reconciler schemas pull")


def _name(key: str) -> str:
    """`tweets/release-notes` -> `Release notes`"""
    words = re.sub(r"[-_.]+", " ", posixpath.basename(key)).strip() or key
    return words[0].upper() + words[1:]


def _draft(key: str, graph: str, name: str, fields: Sequence[Field], *, modeline: bool) -> _Draft:
    """The files of a new assistant, and which of its prompts are blank."""
    manifest = f"{FOLDER}/{key}.yaml"
    folder = posixpath.dirname(manifest)
    fields = [field for field in fields if not list(refused({field.name: field.value}, ()))]
    prompts = _prompts(posixpath.basename(key), fields)
    written = {field.name: field for field in fields if field.name in prompts and _is_written(field)}
    files = {posixpath.join(folder, prompts[name]): _text(field) for name, field in written.items()}
    blank = [posixpath.join(folder, prompts[name]) for name, field in written.items() if field.is_open]
    lines = []
    if modeline:
        lines.append(f"# yaml-language-server: $schema={posixpath.relpath(EDITOR_PATH, folder)}\n")
    lines += [dump({"graph_id": graph, "name": name}), *_context(fields, prompts)]
    return _Draft(manifest=manifest, files=files | {manifest: "".join(lines).encode()}, blank=tuple(blank))


def _is_written(field: Field) -> bool:
    """Whether a field stands in the manifest: what is required, and a prompt that is there to be changed."""
    return field.is_required or (field.is_prompt and isinstance(field.value, str))


def _prompts(stem: str, fields: Sequence[Field]) -> dict[str, str]:
    """Name of a field -> its file beside the manifest, for those that are a text of their own."""
    found = [field.name for field in fields if field.is_prompt and len(str(field.value).encode()) <= LARGEST_FILE]
    if len(found) == 1:
        return {found[0]: f"prompts/{stem}.md"}
    fit = [name for name in found if NAME.match(name) and len(name) <= LONGEST_NAME]
    once = {name.casefold(): name for name in reversed(fit)}
    return {name: f"prompts/{stem}.{name}.md" for name in fit if once[name.casefold()] == name}


def _text(field: Field) -> bytes:
    return (field.value if isinstance(field.value, str) else f"{OPEN}\n").encode()


def _context(fields: Sequence[Field], prompts: dict[str, str]) -> Iterator[str]:
    """The lines of `context`. Where nothing of it is to be said, all of it is a comment."""
    if not fields:
        yield "# context: {}   # its graph names no field\n"
        return
    some = any(_is_written(field) for field in fields)
    yield "context:\n" if some else "# context:\n"
    for field in fields:
        comment = not _is_written(field)
        before = "  # " if some and comment else "#   " if comment else "  "
        yield from _described(field, "  # " if some else "#   # ")
        value = FileTag(prompts[field.name]) if field.name in prompts else field.value
        if comment and field.is_open:
            value = value if isinstance(value, FileTag) else OPEN
        lines = dump({field.name: value}).splitlines()
        if not comment and field.is_open and field.value is None and field.name not in prompts:
            lines[-1] += f"   # to be put in: {terminal(field.kind)}"
        yield from (f"{before}{line}\n" for line in lines)


def _described(field: Field, before: str) -> Iterator[str]:
    """The description as comments, of three lines at most."""
    words, lines = terminal(" ".join(field.description.split())).split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDEST:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{word}"
    for line in lines[:_MOST_LINES]:
        if line:
            yield f"{before}{line[:_WIDEST]}\n"


def _read_back(repository: Repository, draft: _Draft, graph: str, schema: JsonObject) -> list[Diagnostic]:
    """What `validate` would say of the new manifest; raises InvalidSource where it could not be read as one."""
    before = set(load(repository.tree, repository.settings).diagnostics)
    after = load(added.Overlay(repository.tree, draft.files), repository.settings)
    wrong = [d for d in after.diagnostics if d.severity == "error" and d not in before]
    if wrong:
        raise InvalidSource(wrong)
    made = [want for want in after.wanted if want.path == draft.manifest]
    open_graphs = repository.settings.open_graphs
    found = validate(made, {graph: schema}, open_graphs, after.locate) if schema else []
    return [d for d in found if d.key is not None]
