"""One error of jsonschema as a plain value: the boundary behind which nothing is `Any`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath

if TYPE_CHECKING:
    from jsonschema import ValidationError


class Failure(Struct, frozen=True, kw_only=True):
    """`keyword` of a schema, with `value`, is not kept by `instance`, which stands at `path`.

    `branches` are the failures of each branch of an anyOf or oneOf,
    their paths relative to its instance.
    """

    keyword: str
    value: Json
    instance: Json
    path: FieldPath
    message: str
    schema: JsonObject = field(default_factory=dict)
    branches: tuple[tuple[Failure, ...], ...] = ()

    @property
    def here(self) -> bool:
        """Whether it is about the whole instance, not something in it."""
        return not self.path


def failure(error: ValidationError) -> Failure:
    """The value of an error."""
    anything: Any = error
    branches: dict[Any, list[Failure]] = {}
    for one in anything.context or ():
        branches.setdefault(one.schema_path[0], []).append(failure(one))
    return Failure(
        keyword=str(anything.validator),
        value=anything.validator_value,
        instance=anything.instance,
        path=tuple(anything.path),
        message=anything.message,
        schema=anything.schema if isinstance(anything.schema, dict) else {},
        branches=tuple(tuple(errors) for errors in branches.values()),
    )
