"""What the editor's schema says of the manifests of one graph: their contexts, wherever these stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.contexts.budget import OutOfTime, budget
from reconciler.contexts.compile import Unusable, build
from reconciler.contexts.editor.branch import fresh, present, ref, when
from reconciler.contexts.editor.mode import PATCH, ROWS, WHOLE
from reconciler.contexts.editor.translate import Translator
from reconciler.contexts.files import is_open_form
from reconciler.model.json import JsonObject, canonical

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_SECONDS = 10.0
_SAID_ELSEWHERE = present("extends", "overrides", "ignore")
"""Where one of these stands, a context field that is missing here may be said elsewhere."""


def checked(schemas: Sequence[JsonObject]) -> tuple[Validator, ...]:
    """What checks the contexts of a graph: its schemas, each once; none where one of them says nothing of them."""
    distinct = {canonical(schema): schema for schema in schemas}
    try:
        with budget(_SECONDS):
            return () if any(map(is_open_form, schemas)) else tuple(build(schema) for schema in distinct.values())
    except (Unusable, OutOfTime, RecursionError):
        return ()


def define_graph(
    definitions: JsonObject, graph: str, validators: Sequence[Validator], deployments: Sequence[str]
) -> JsonObject:
    """Adds the definitions of a graph, and returns a reference to what holds of its manifests.

    Of several schemas, where deployments have their own, a context is to fit one.
    """
    translators = [Translator(_closed(one), graph, definitions) for one in validators]
    whole, patch, rows = (_either([one.root(mode) for one in translators]) for mode in (WHOLE, PATCH, ROWS))
    # A graph that does not run with an empty context needs one.
    needed: JsonObject = {} if any(one.is_valid({}) for one in validators) else {"required": ["context"]}
    name = fresh(definitions, graph)
    definitions[name] = when(
        present("for_each"),
        {
            "properties": {
                "context": rows,
                "overrides": _by_deployment(rows, deployments),
                "for_each": {"items": {"properties": {"overrides": _of_row(patch, deployments)}}},
            }
        },
        {
            "properties": {"overrides": _by_deployment(patch, deployments)},
            "allOf": [when(_SAID_ELSEWHERE, _context(patch), _context(whole) | needed)],
        },
    )
    return ref(name)


def _by_deployment(context: JsonObject, deployments: Sequence[str]) -> JsonObject:
    table: JsonObject = {name: _override(_context(context)) | {"doNotSuggest": True} for name in deployments}
    return {"properties": table, "doNotSuggest": True}


def _of_row(context: JsonObject, deployments: Sequence[str]) -> JsonObject:
    table: JsonObject = {name: _override(_context(context)) | {"doNotSuggest": True} for name in deployments}
    return _override({"properties": {"context": context, **table}}) | {"doNotSuggest": True}


def _override(then: JsonObject) -> JsonObject:
    """An override that chooses another graph is not looked at."""
    return when(present("graph_id"), None, then)


def _closed(validator: Validator) -> JsonObject:
    """The schema as it is meant here (contexts/close.py)."""
    assert isinstance(validator.schema, dict)
    return dict(validator.schema)


def _either(contexts: Sequence[JsonObject]) -> JsonObject:
    return contexts[0] if len(contexts) == 1 else {"anyOf": [*contexts]}


def _context(context: JsonObject) -> JsonObject:
    return {"properties": {"context": context}}
