"""`ignore: [context.…]`: only fields that the graph knows can be left to others."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.contexts import OPEN_FORM, against_live, breaks, validate
from reconciler.model.wanted import FieldPath, Wanted

from .conftest import wanted

SCHEMA: dict[str, Any] = {
    "properties": {
        "temperature": {"type": "number"},
        "tone": {"type": "string"},
        "mode": {"enum": ["fast", "slow"]},
        "never": False,
        "tools": {"type": "array", "items": {"properties": {"name": {"type": "string"}}}},
        "limits": {"anyOf": [{"$ref": "#/$defs/Limits"}, {"type": "null"}]},
        "anything": {},
        "extra": {"type": "object", "additionalProperties": {"type": "integer"}},
        "source": {"oneOf": [{"$ref": "#/$defs/Web"}, {"$ref": "#/$defs/File"}]},
        "deep": {"allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}]},
    },
    "required": ["temperature", "source"],
    "$defs": {
        "Limits": {"type": "object", "properties": {"max_words": {"type": "integer"}}, "required": ["max_words"]},
        "Web": {"properties": {"kind": {"const": "web"}, "url": {}, "title": {}}, "required": ["kind", "url"]},
        "File": {"properties": {"kind": {"const": "file"}, "path": {}}, "required": ["kind"]},
    },
}


def at(wanted: Wanted, path: FieldPath, *, name: bool = False) -> tuple[str, int, int]:
    """Shows in the path what was asked for."""
    return f"{wanted.path}:{'/'.join(map(str, path))}", 1, 1


def found(entry: str, schema: dict[str, Any] = SCHEMA, opened: frozenset[str] = frozenset()) -> list[str]:
    one = wanted({"temperature": 1, "source": {"kind": "file"}}, ignore=(tuple(entry.split(".")),))
    return [f"{d.code}: {d.message} ({d.hint})" for d in validate([one], {"writer": schema}, opened, at)]


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("temprature", "did you mean `context.temperature`?"),
        (
            "zzz",
            "known here: anything, deep, extra, limits, mode, never, source, temperature and 2 more",
        ),
        ("limits.maxWords", "did you mean `context.limits.max_words`?"),
        ("limit.max_words", "did you mean `context.limits`?"),
        ("source.pth", "did you mean `context.source.path`?"),
        ("source.x.y.z", "known here: kind, path, title, url"),
        ("tone.warm", "did you mean `context.tone`, which has no fields of its own?"),
        ("mode.fast", "did you mean `context.mode`, which has no fields of its own?"),
        ("tools.name", "did you mean `context.tools`, which has no fields of its own?"),
        ("deep.c", "known here: a, b"),
        ("never", "None"),
    ],
)
def test_a_field_that_the_graph_does_not_know(field: str, hint: str) -> None:
    """With what was likely meant, at every depth and through every form."""
    message = f"context field `{field}`, named by `ignore`, is not known to the graph"
    assert found(f"context.{field}") == [f"ignore-unknown: {message} ({hint})"]


@pytest.mark.parametrize(
    "entry",
    [
        "context",
        "context.temperature",
        "context.limits",
        "context.limits.max_words",
        "context.anything.at.all",
        "context.extra.of_any_name",
        "context.source.kind",
        "context.source.url",
        "context.source.title",
        "context.source.path",
        "context.deep.a",
        "context.deep.b",
        "config.other",
        "metadata.team",
    ],
)
def test_a_field_that_it_knows(entry: str) -> None:
    """In one form of several is enough; what is no context field is not asked for."""
    assert found(entry) == []


def test_an_open_graph_takes_any() -> None:
    """By its schema, by its form, or by the settings."""
    assert found("context.x", {"properties": {}, "additionalProperties": True}) == []
    assert found("context.x", {"type": "object"}) == []
    assert found("context.x", OPEN_FORM)[0].startswith("schema-open")
    assert found("context.x", opened=frozenset({"writer"})) == []


def test_it_points_at_the_entry() -> None:
    """Not at the list, which may have many."""
    one = wanted({"temperature": 1, "source": {"kind": "file"}}, ignore=(("context", "tone"), ("context", "x", "y")))
    (error,) = validate([one], {"writer": SCHEMA}, frozenset(), at)
    assert (error.severity, error.key, error.path) == ("error", "a", "assistants/a.yaml:ignore/context.x.y")


def test_the_live_graph_may_be_behind() -> None:
    """A warning, as for a context field: nothing is written there, and nothing is held back for it."""
    one = wanted({"temperature": 1, "source": {"kind": "file"}}, ignore=(("context", "later"),))
    (error,) = against_live([one], {"writer": SCHEMA}, frozenset(), at)
    assert (error.severity, error.code) == ("warning", "ahead-of-graph")
    assert breaks([one], {"writer": SCHEMA}, frozenset(), at) == []
