"""`ignore: [context.temprature]`: a field that the graph does not know is left to nobody.

Asked of the validator itself, so that `ignore` and `context` know the same fields: what does it say of a context that
holds this one field and nothing else?
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.contexts.failure import Failure, failure
from reconciler.contexts.locate import Locate
from reconciler.contexts.phrases import dotted, known_fields, nearest
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import Wanted

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


class _Denied(Struct, frozen=True):
    """The step at `depth` is not known; `known` are. None where there is no mapping to hold a field."""

    depth: int
    known: frozenset[str] | None


def unknown_ignored(validator: Validator, wanted: Wanted, locate: Locate) -> Iterator[Diagnostic]:
    """An error for each entry of `ignore` that names a context field which the schema does not know."""
    for entry in wanted.ignore:
        steps = tuple(str(step) for step in entry[1:])
        if entry[:1] != ("context",) or not steps:
            continue
        denied = _first(_denied(failure(error), steps, 0) for error in validator.iter_errors(_probe(steps)))
        if denied is None:
            continue
        path, line, column = locate(wanted, ("ignore", ".".join(("context", *steps))))
        yield Diagnostic(
            severity="error",
            code="ignore-unknown",
            message=f"context field `{dotted(steps)}`, named by `ignore`, is not known to the graph",
            path=path,
            line=line,
            column=column,
            hint=_hint(steps, denied),
            key=wanted.key,
        )


def _probe(steps: tuple[str, ...]) -> Json:
    value: Json = None
    for step in reversed(steps):
        value = {step: value}
    return value


def _denied(failed: Failure, steps: tuple[str, ...], depth: int) -> _Denied | None:
    """What a failure says of the steps. Its value stands `depth` steps down, and its path leads on along them."""
    at = depth + len(failed.path)
    match failed.keyword:
        case "additionalProperties" | "unevaluatedProperties" if failed.value is False and at < len(steps):
            return _Denied(at, _named(failed))
        case "not" if failed.value == {} and at > 0:
            return _Denied(at - 1, frozenset())
        case "type" if at < len(steps):
            types = failed.value if isinstance(failed.value, list) else [failed.value]
            return None if "object" in types else _Denied(at, None)
        case "enum" | "const" if at < len(steps):
            known = failed.value if failed.keyword == "enum" and isinstance(failed.value, list) else [failed.value]
            return None if any(isinstance(value, dict) for value in known) else _Denied(at, None)
        case "anyOf" | "oneOf" if failed.branches:
            branches = [_first(_denied(one, steps, at) for one in branch) for branch in failed.branches]
            return _deepest(branches)
        case _:
            return None


def _named(failed: Failure) -> frozenset[str]:
    known = failed.schema.get("properties")
    return frozenset(known if isinstance(known, dict) else ())


def _first(several: Iterator[_Denied | None]) -> _Denied | None:
    return next((one for one in several if one is not None), None)


def _deepest(branches: list[_Denied | None]) -> _Denied | None:
    """Where every branch denies the field: what those say that know most of the way to it."""
    denied = [one for one in branches if one is not None]
    if len(denied) < len(branches):
        return None
    depth = max(one.depth for one in denied)
    names = [one.known for one in denied if one.depth == depth and one.known is not None]
    return _Denied(depth, frozenset().union(*names) if names else None)


def _hint(steps: tuple[str, ...], denied: _Denied) -> str | None:
    above = ("context", *steps[: denied.depth])
    if denied.known is None:
        return f"did you mean `{dotted(above)}`, which has no fields of its own?"
    near = nearest(steps[denied.depth], denied.known)
    return f"did you mean `{dotted((*above, near))}`?" if near is not None else known_fields(denied.known)
