"""The JSON documents: the published schema, and nothing that steers a terminal."""

from __future__ import annotations

import json as stdlib
import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.render import json
from reconciler.render.escape import CONTROL
from tests.render.cases import PLANS, REPORTS
from tests.render.conftest import GOLDEN
from tests.render.one_text import one_text
from tests.render.strategies import FEW, plans, reports

VALIDATOR = Draft202012Validator(json.schema())


def test_the_schema_is_one() -> None:
    """The published schema is valid itself, and names no host."""
    Draft202012Validator.check_schema(json.schema())
    assert str(json.schema()["$id"]).startswith("urn:")


@pytest.mark.parametrize("name", [*PLANS, *REPORTS])
def test_goldens_are_valid(name: str) -> None:
    """Every golden document is as the schema says."""
    VALIDATOR.validate(stdlib.loads((GOLDEN / f"{name}.json").read_text("utf-8")))


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every schema of an object with named properties, at any depth."""
    found: list[dict[str, Any]] = []
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            found.append(schema)
        for name, inner in schema.items():
            found += objects(inner) if name not in ("if", "then", "else") else []
    elif isinstance(schema, list):
        for inner in schema:
            found += objects(inner)
    return found


def test_every_object_is_closed() -> None:
    """A field that the schema does not name is an error, at every depth."""
    named = objects(json.schema())
    assert len(named) == 14
    assert all(one["additionalProperties"] is False for one in named)


def broken(change: dict[str, Any]) -> list[dict[str, Any]]:
    """The same document with one thing wrong, in many ways."""
    made: list[dict[str, Any]] = []

    def wrong(**values: Any) -> None:
        made.append(change | values)

    def deep(path: list[Any], value: Any) -> None:
        copy = deepcopy(change)
        at: Any = copy
        for step in path[:-1]:
            at = at[step]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        made.append(copy)

    wrong(format_version="2.0")
    wrong(extra=1)
    wrong(converged=True)
    deep(["owner"], None)
    deep(["summary", "create"], -1)
    deep(["summary", "copies"], None)
    deep(["changes", 0, "action"], "replace")
    deep(["changes", 0, "why"], "held things only")
    deep(["changes", 0, "outcome"], "applied")
    deep(["changes", 0, "fields", 0, "before"], None)
    deep(["changes", 0, "fields", 0, "op"], "add")
    deep(["changes", 0, "line"], 0)
    return made


@pytest.mark.parametrize("number", range(12))
def test_a_wrong_document_is_not_valid(number: int) -> None:
    """The schema sees a field too many, one too few, a wrong value, an outcome in a plan."""
    right = json.document(PLANS["prompt"])
    VALIDATOR.validate(right)
    assert not VALIDATOR.is_valid(broken(right)[number])


def test_a_report_without_outcomes_is_not_valid() -> None:
    """In a report each change has an outcome, null where the run never came to it."""
    right: Any = stdlib.loads(one_text(json.report(REPORTS["report-interrupted"])))
    VALIDATOR.validate(right)
    assert [change["outcome"] for change in right["changes"]] == ["applied", None, None, None]
    del right["changes"][1]["outcome"]
    assert not VALIDATOR.is_valid(right)


def check(text: str) -> None:
    """It parses, is as the schema says, and steers neither a terminal nor a runner."""
    VALIDATOR.validate(stdlib.loads(text))
    assert text.endswith("}\n")
    assert not re.search(rf"(?!\n)[{CONTROL}]", text)
    assert "##[" not in text


@FEW
@given(plans)
def test_any_plan(any_plan: Plan) -> None:
    """Any plan gives a valid document, whose values are those of the plan."""
    text = one_text(json.plan(any_plan))
    check(text)
    assert text == json.dumps(json.document(any_plan))
    assert stdlib.loads(text) == json.document(any_plan)


@FEW
@given(reports())
def test_any_report(any_report: Report) -> None:
    """Any report gives a valid document."""
    check(one_text(json.report(any_report)))
