"""A template that is changed so that it gives another text for one row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.app.bring.unfill import unfill
from reconciler.repo.manifests.template import fill

ROW = {"city": "Rome", "n": 5, "empty": ""}


@pytest.mark.parametrize(
    ("template", "text", "made"),
    [
        ("In ${city}.", "In old Rome.", "In old ${city}."),
        ("In ${city}.\nOne.\n", "New.\nIn Rome!\n", "New.\nIn ${city}!\n"),
        ("a $${b} c", "a ${b} d", "a $${b} d"),
        ("a", "a ${city}", "a $${city}"),
        ("", "x", "x"),
        ("In ${city}.", "In Oslo.", None),
        ("In ${city}.", "", None),
        ("${city} ${n}", "Rome 6", None),
    ],
)
def test_outside_its_holes(template: str, text: str, made: str | None) -> None:
    """What stands between the holes changes; what a row fills in does not."""
    assert unfill(template, ROW, text) == made


PARTS = st.lists(
    st.sampled_from(["${city}", "${n}", "${empty}", "$${", "$", "{", "}", "a", "b c", "\n", "Rome"]), max_size=8
)


@given(PARTS, PARTS)
def test_whatever_it_makes_gives_the_text(before: list[str], after: list[str]) -> None:
    """It may find none; one that it finds, filled, is the very text; and one that need not change does not."""
    template = "".join(before)
    try:
        text, value = fill(template, ROW), fill("".join(after), ROW)
    except ValueError:
        return
    made = unfill(template, ROW, value)
    assert made is None or fill(made, ROW) == value
    assert unfill(template, ROW, text) == template
