"""The planner, by cases that anyone can read: one data file each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.case import CASES, load, run, summary


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_plan_case(path: Path) -> None:
    """The plan is what the case says, in every line."""
    case = load(path)
    assert summary(run(case)) == case["expect"], case["about"]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_order_of_inputs_changes_no_byte(path: Path) -> None:
    """Files, keys and the live list may come in any order: the plan is the same to the byte."""
    case = load(path)
    turned = case | {
        "wanted": dict(reversed(list(case.get("wanted", {}).items()))),
        "live": dict(reversed(list(case.get("live", {}).items()))),
    }
    assert repr(run(turned)) == repr(run(case))
