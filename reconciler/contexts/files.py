"""`schemas/<graph_id>.json`: a graph's context schema, exactly as the server says it.

`schemas/<deployment>/<graph_id>.json`, where it exists, stands for that deployment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject, loads, same

FOLDER = "schemas"
OPEN_FORM: JsonObject = {"$comment": "this graph declares no context schema", "additionalProperties": True}
"""The file of a graph that declares no schema."""

UNKNOWN_FORM: JsonObject = {"$comment": "the server could not say this graph's schema", "additionalProperties": True}
"""The file of a graph whose server fails to make its schema (docs/server.md, S20)."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


class Files(Protocol):
    """What is needed of a tree."""

    def folder_exists(self, folder: str) -> bool: ...

    def paths(self, folder: str) -> Sequence[str]: ...

    def read(self, path: str) -> bytes: ...


class Schemas(Struct, frozen=True):
    """`by_graph` holds the schemas that could be read, `paths` the file of each."""

    by_graph: Mapping[str, JsonObject]
    paths: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def load_schemas(tree: Files, deployment: str | None = None) -> Schemas:
    """The schemas that hold for a deployment. Never raises for what stands in the files."""
    folders = [FOLDER, f"{FOLDER}/{deployment}"] if deployment is not None else [FOLDER]
    paths: dict[str, str] = {}
    found: list[Diagnostic] = []
    for folder in folders:
        if tree.folder_exists(folder):
            paths |= _files(tree.paths(folder), folder, found)
    schemas: dict[str, JsonObject] = {}
    for graph, path in sorted(paths.items()):
        schema = _read(tree, path, found)
        if schema is not None:
            schemas[graph] = schema
    return Schemas(schemas, paths, tuple(sorted(found, key=Diagnostic.order)))


def schema_path(graph_id: str, deployment: str | None = None) -> str:
    """The file of a graph's schema. Raises ReconcilerError where the graph's id cannot be a file's name."""
    for name in (graph_id, deployment):
        if name is not None and not _NAME.match(name):
            raise ReconcilerError(
                f"`{name}` cannot be the name of a file: letters, digits, `.`, `_` and `-`, starting with a letter "
                "or digit",
                hint=f'leave its contexts unchecked, in reconciler.yaml: schemas: {{"{name}": open}}',
            )
    return f"{FOLDER}/{deployment}/{graph_id}.json" if deployment is not None else f"{FOLDER}/{graph_id}.json"


def dumps(schema: JsonObject) -> bytes:
    """The bytes of a schema's file: the same for the same schema, whatever the order the server says it in."""
    try:
        return (json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, in a server's schema: only an escape can hold it.
        return (json.dumps(schema, indent=2, sort_keys=True) + "\n").encode()


def is_open_form(schema: JsonObject) -> bool:
    """Whether no schema is known of this graph: it declares none, or its server cannot say it."""
    return same(schema, OPEN_FORM) or same(schema, UNKNOWN_FORM)


def _files(paths: Iterable[str], folder: str, found: list[Diagnostic]) -> dict[str, str]:
    """Graph id -> path, of the .json files right in a folder."""
    result = {}
    for path in paths:
        name = path[len(folder) + 1 :]
        if "/" in name or not name.endswith(".json"):
            continue
        graph = name.removesuffix(".json")
        if _NAME.match(graph):
            result[graph] = path
        else:
            message = f"`{graph}` cannot be a graph's file: letters, digits, `.`, `_` and `-`"
            found.append(Diagnostic(severity="error", code="schema-name", message=message, path=path))
    return result


def _read(tree: Files, path: str, found: list[Diagnostic]) -> JsonObject | None:
    line = column = 1
    try:
        value = loads(tree.read(path).decode("utf-8"))
        if isinstance(value, dict):
            return value
        said = "a context schema is a JSON object"
    except ReconcilerError as refused:
        said = f"the schema {refused.message}"
    except json.JSONDecodeError as error:
        line, column, said = error.lineno, error.colno, f"not JSON: {error.msg}"
    except UnicodeDecodeError:
        said = "not UTF-8"
    except RecursionError:
        said = "nested too deeply"
    except ValueError as error:
        said = f"not JSON: {error}"
    found.append(
        Diagnostic(
            severity="error",
            code="schema-unreadable",
            message=said,
            path=path,
            line=line,
            column=column,
            hint="have it written again: reconciler schemas pull",
        )
    )
    return None
