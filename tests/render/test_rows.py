"""Rows are the same text however often it is asked for on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.rows import Rows

STEPS = st.lists(st.sampled_from(["blank", "", "a row", "another", "take"]), max_size=12)
"""A blank row that parts, an empty line of somebody's prompt, a row, and asking for what is there."""


def expected(steps: list[str]) -> list[str]:
    """The rows, from the whole: none is empty at the end, and a blank one is put in where none is above."""
    rows: list[str] = []
    for step in steps:
        if step == "blank":
            rows += [""] if rows and rows[-1] else []
        elif step != "take":
            rows.append(step)
    while rows and not rows[-1]:
        rows.pop()
    return rows


@given(STEPS)
def test_rows_in_pieces(steps: list[str]) -> None:
    """What is taken on the way and what is left come to the same rows, each with its end."""
    rows, text = Rows(80), ""
    for step in steps:
        if step == "blank":
            rows.blank()
        elif step == "take":
            text += rows.text()
        else:
            rows.paste(step, indent=0)
    assert text + rows.text() == "".join(f"{row}\n" for row in expected(steps))
