"""How far an apply is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.app.execute import Attempt
from reconciler.cli.progress import FEW, Progress, bar, draw, how_far
from reconciler.model.change import Create, Reason, State
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted
from reconciler.render.wrap import cells
from tests.core.case import derived_id


def attempt(number: int, result: str = "done") -> Attempt:
    wanted = Wanted(
        key=f"a{number}",
        assistant_id=derived_id(f"a{number}", "acme"),
        spec=Spec(graph_id="writer", name="A"),
        path="assistants/a.yaml",
    )
    change = Create(wanted=wanted, reasons=(Reason.MANIFEST,), state=State.MISSING)
    return Attempt(change=change, result=result)  # type: ignore[arg-type]  # a word of its own type


def seconds(step: float) -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += step


def said(capsys: pytest.CaptureFixture[str], total: int, step: float, *, live: bool = False, bad: int = -1) -> str:
    """What a run of so many changes says, each of which takes `step` seconds."""
    clock = seconds(step)
    with Progress(total, verbose=False, live=live, clock=lambda: next(clock)) as progress:
        for number in range(total):
            progress(attempt(number, "failed" if number == bad else "done"))
    return capsys.readouterr().err


def test_few_changes_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its line."""
    assert said(capsys, 3, 0.1).splitlines() == [f"[{n + 1}/3] create a{n}" for n in range(3)]


def test_many_changes_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """A line every five seconds, with the rate and the time left, and at once what failed."""
    lines = said(capsys, 1000, 1 / 32, bad=7).splitlines()
    assert lines[:3] == ["[8/1000] create a7 (failed)", "160/1,000, 32/s, 26 s left", "320/1,000, 32/s, 21 s left"]
    assert len(lines) == 1 + 6


def test_a_quick_run_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """What is over before the first line says nothing: the report follows."""
    assert said(capsys, FEW + 1, 0.01) == ""


def test_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """One line of less than 80 columns, drawn again and cleared in the end."""
    drawn = said(capsys, 100, 0.1, live=True).split("\r")
    assert drawn[50] == "[==========>         ] 50/100, 10/s, 5 s left  create a49"
    assert drawn[-1] == ""  # the code that clears the line is not for this stream
    assert max(map(len, drawn)) < 80


@pytest.mark.parametrize("line", ["漢字" * 60, "é" * 200, "e\u0301" * 80, "a" * 60_000, ""])
def test_a_line_that_is_drawn_again_does_not_break(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """It is cut by columns: characters of two would fill two rows, and the upper one would stay."""
    draw(0, 8, 3.0, line)
    said = capsys.readouterr().err.removeprefix("\r")  # the code that clears the line is not for this stream
    assert said.startswith("[>                   ] 0/8")
    assert 76 < cells(said) < 80 or not line


@pytest.mark.parametrize(
    ("done", "total", "took", "words"),
    [
        (1, 3, 0.2, "1/3"),
        (10, 1000, 10, "10/1,000, 1/s, 16 min 30 s left"),
        (2, 6, 16, "2/6, 32 s left"),
        (100_000, 100_000, 100, "100,000/100,000, 1,000/s, 0 s left"),
    ],
)
def test_words(done: int, total: int, took: float, words: str) -> None:
    """No rate before there is one to speak of."""
    assert how_far(done, total, took) == words


@pytest.mark.parametrize("total", [1, 3, 1000])
def test_the_bar_keeps_its_width(total: int) -> None:
    """However far it is."""
    assert {len(bar(done, total)) for done in range(total + 1)} == {22}
