"""A schema -> a validator, built once a graph. jsonschema is imported here, and only when a validator is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.contexts.close import close
from reconciler.contexts.refs import outside
from reconciler.model.json import JsonObject

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


class Unusable(Exception):
    """No validator can be made of a schema: `code`, and the sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def build(schema: JsonObject) -> Validator:
    """The validator of a schema as it is meant here (contexts/close.py): the draft it names, else 2020-12.

    Raises Unusable where the schema is none, or a `$ref` leaves the document. Nothing is ever fetched.
    """
    import jsonschema
    from referencing import Registry

    refs = outside(schema)
    if refs:
        raise Unusable(
            "schema-ref", f"`$ref: {refs[0]}` leaves the document; nothing is fetched, so put it under `$defs`"
        )
    drafts: dict[str, type[Validator]] = {
        "http://json-schema.org/draft-04/schema": jsonschema.Draft4Validator,
        "http://json-schema.org/draft-06/schema": jsonschema.Draft6Validator,
        "http://json-schema.org/draft-07/schema": jsonschema.Draft7Validator,
        "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    }
    draft = drafts.get(str(schema.get("$schema")).rstrip("#"), jsonschema.Draft202012Validator)
    try:
        draft.check_schema(schema)
    except jsonschema.SchemaError as error:
        where = "/".join(str(step) for step in error.path) or "its top"
        raise Unusable("schema-invalid", f"not a JSON Schema, at {where}: {error.message[:200]}") from None
    # An empty registry refuses every address; the default one would go to the network.
    return draft(close(schema), registry=Registry())
