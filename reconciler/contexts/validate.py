"""Every context against its graph's schema: all errors, in words, at their places."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from reconciler.contexts.budget import OutOfTime, budget
from reconciler.contexts.certain import certain
from reconciler.contexts.checks import Check
from reconciler.contexts.compile import Unusable, build
from reconciler.contexts.failure import failure
from reconciler.contexts.files import FOLDER, is_open_form
from reconciler.contexts.ignored import unknown_ignored
from reconciler.contexts.locate import Locate
from reconciler.contexts.say import Violation, violations
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject
from reconciler.model.wanted import FieldPath, Wanted

SECONDS = 10.0
"""For all contexts of one graph; a thousand take a tenth of a second."""


def validate(
    wanted: Iterable[Wanted],
    schemas: Mapping[str, JsonObject],
    open_graphs: frozenset[str],
    locate: Locate,
    *,
    paths: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    unread: Mapping[str, frozenset[FieldPath]] | None = None,
) -> list[Diagnostic]:
    """What is wrong with the contexts, sorted by place; servers check none of it (docs/server.md, S8).

    `open_graphs` are not checked, without a word. `paths` names the file of each schema, `schemas/GRAPH.json` if not
    given. A required field that the manifest leaves to others (`ignore`) may be missing. `unread` has, by key of an
    assistant, fields whose value is not known: nothing is said about these values, nor that one is missing.
    """
    by_graph: dict[str, list[Wanted]] = {}
    for one in wanted:
        if one.spec.graph_id not in open_graphs:
            by_graph.setdefault(one.spec.graph_id, []).append(one)
    found: list[Diagnostic] = []
    for graph, members in sorted(by_graph.items()):
        path = (paths or {}).get(graph, f"{FOLDER}/{graph}.json")
        if graph in schemas:
            found += _graph(graph, members, schemas[graph], path, locate, seconds, unread or {})
        elif path not in (paths or {}).values():
            found.append(_absent(graph, members, schemas, locate))
    return sorted(found, key=Diagnostic.order)


def _graph(
    graph: str,
    members: list[Wanted],
    schema: JsonObject,
    path: str,
    locate: Locate,
    seconds: float,
    unread: Mapping[str, frozenset[FieldPath]],
) -> list[Diagnostic]:
    if is_open_form(schema):
        message = f"graph `{graph}` has no context schema that is known, so its contexts are not checked"
        hint = f"to say that this is meant, in reconciler.yaml: schemas: {{{graph}: open}}"
        return [Diagnostic(severity="warning", code="schema-open", message=message, path=path, hint=hint)]
    found: list[Diagnostic] = []
    one = members[0]
    try:
        with budget(seconds):
            is_valid = certain(schema)
            validator = None
            for one in members:
                if is_valid is not None and not one.ignore and _says_yes(is_valid, one):
                    continue
                if validator is None:
                    validator = build(schema)
                said = [v for error in validator.iter_errors(one.spec.context) for v in violations(failure(error))]
                hidden = unread.get(one.key, frozenset())
                found += [_diagnostic(one, v, locate) for v in said if not (_left_open(one, v) or _touches(hidden, v))]
                found += unknown_ignored(validator, one, locate)
    except Unusable as unusable:
        found.append(_about_schema(path, unusable.code, f"schema of graph `{graph}`: {unusable}"))
    except OutOfTime:
        message = f"schema of graph `{graph}`: checking assistant `{one.key}` takes longer than {seconds:g} s"
        hint = "look at its `pattern`s: one may try for ever"
        found.append(_about_schema(path, "schema-time", message, hint, one.key))
    except RecursionError:
        message = f"schema of graph `{graph}` goes round in a circle: a `$ref` leads to itself"
        found.append(_about_schema(path, "schema-loop", message))
    return found


def _says_yes(is_valid: Check, wanted: Wanted) -> bool:
    try:
        return is_valid(wanted.spec.context)
    except RecursionError:
        return False


def _diagnostic(wanted: Wanted, violation: Violation, locate: Locate) -> Diagnostic:
    path, line, column = locate(wanted, ("context", *violation.path), name=violation.name)
    return Diagnostic(
        severity="error",
        code=violation.code,
        message=violation.message(),
        path=path,
        line=line,
        column=column,
        hint=violation.hint,
        key=wanted.key,
    )


def _left_open(wanted: Wanted, violation: Violation) -> bool:
    """Whether a missing field is one that others own."""
    at = ("context", *violation.path)
    return violation.code == "context-missing" and any(at[: len(path)] == path for path in wanted.ignore)


def _touches(unread: frozenset[FieldPath], violation: Violation) -> bool:
    """Whether a violation is about a value that is not known, about what is in it, or about what it is in."""
    at = ("context", *violation.path)
    return not violation.name and any(at[: len(path)] == path or path[: len(at)] == at for path in unread)


def _absent(graph: str, members: list[Wanted], schemas: Mapping[str, JsonObject], locate: Locate) -> Diagnostic:
    one = members[0]
    path, line, column = locate(one, ("graph_id",))
    more = f", which {len(members)} manifests use" if len(members) > 1 else ""
    near = difflib.get_close_matches(graph, sorted(schemas), n=1)
    hint = "reconciler schemas pull"
    return Diagnostic(
        severity="error",
        code="schema-absent",
        message=f"there is no {FOLDER}/{graph}.json for graph `{graph}`{more}",
        path=path,
        line=line,
        column=column,
        hint=f"did you mean graph `{near[0]}`? If not: {hint}" if near else f"have it written: {hint}",
        key=one.key,
    )


def _about_schema(path: str, code: str, message: str, hint: str | None = None, key: str | None = None) -> Diagnostic:
    return Diagnostic(severity="error", code=code, message=message, path=path, line=1, column=1, hint=hint, key=key)
