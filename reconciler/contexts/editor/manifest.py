"""What the editor's schema says of every manifest, whatever its graph: the fields, for each way to write one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.contexts.editor.branch import equal, present, ref, when
from reconciler.contexts.editor.fields import BESIDE_DEFAULT, BESIDE_REMOVED, CONTENT
from reconciler.contexts.editor.mode import PATCH, ROWS, WHOLE
from reconciler.contexts.editor.translate import Translator
from reconciler.model.json import Json, JsonObject

_OVERRIDES: JsonObject = {
    "title": "overrides",
    "description": "What a deployment has otherwise, by its name: merged over the rest; null removes, lists are "
    "replaced whole.",
}
_OF_A_ROW: JsonObject = {
    "title": "overrides",
    "description": "What this row has otherwise: fields of the content, or those of one deployment by its name.",
}


def names(table: Mapping[str, JsonObject]) -> JsonObject:
    """Every field there is; what each may hold depends on the others. Only the explanation is shown of these."""
    shown: JsonObject = {
        name: {"title": name, "description": field["description"], "doNotSuggest": True}
        for name, field in table.items()
    }
    return shown | {"overrides": {**_OVERRIDES, "doNotSuggest": True}}


def define_fields(definitions: JsonObject, table: Mapping[str, JsonObject], deployments: Sequence[str]) -> None:
    """Adds the fields of a manifest that stands alone, of one that is merged, and of one with rows."""
    translator = Translator({}, "manifest", definitions, tags=False)
    for mode in (PATCH, ROWS):
        content: JsonObject = {name: translator.node(table[name], mode, name) for name in CONTENT}
        definitions[f"override.{mode.word}"] = _closed(content)
    for mode in (WHOLE, PATCH, ROWS):
        fields: JsonObject = {name: translator.node(table[name], mode, name) for name in table}
        override = ref(f"override.{ROWS.word if mode.loose else PATCH.word}")
        fields["overrides"] = _OVERRIDES | _closed(dict.fromkeys(deployments, override))
        of_row: JsonObject = {"items": {"properties": {"overrides": ref("override.row")}}}
        fields["for_each"] = translator.node(table["for_each"], WHOLE, "for_each") | {"allOf": [of_row]}
        definitions[f"manifest.{mode.word}"] = {"properties": fields}
    everywhere: JsonObject = {name: translator.node(table[name], PATCH, name) for name in CONTENT}
    here: JsonObject = dict.fromkeys(deployments, ref(f"override.{PATCH.word}"))
    definitions["override.row"] = _OF_A_ROW | _closed({**here, **everywhere})


def rules() -> list[Json]:
    """Which fields stand together, and which are required."""
    is_default = equal("default", True)
    alone = when(is_default, {"required": ["graph_id"]}, {"required": ["graph_id", "name"]})
    return [
        when(
            present("for_each"),
            ref(f"manifest.{ROWS.word}"),
            when(present("extends"), ref(f"manifest.{PATCH.word}"), ref(f"manifest.{WHOLE.word}")),
        ),
        when(present("extends", "overrides", "for_each", "removed"), None, alone),
        when(present("removed"), _only(BESIDE_REMOVED, "removed")),
        # Of a base a file may take away, with null, what cannot stand beside `default`.
        when(present("extends"), None, when(is_default, _only(BESIDE_DEFAULT, "default: true"))),
    ]


def _only(known: Sequence[str], beside: str) -> JsonObject:
    return {"propertyNames": {"enum": [*known], "errorMessage": f"This field cannot stand beside `{beside}`."}}


def _closed(fields: JsonObject) -> JsonObject:
    return {"type": "object", "properties": fields, "additionalProperties": False}
