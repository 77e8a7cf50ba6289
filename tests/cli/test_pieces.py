"""What is printed is written while it is made, a piece at a time."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from reconciler.cli import output
from reconciler.cli.output import AT_ONCE, emit
from reconciler.cli.planning import render_plan
from reconciler.errors import UsageError
from reconciler.model.change import ABSENT
from reconciler.model.plan import Plan
from tests.render.cases import PLANS, field, plan, update

PIECE = "x" * (AT_ONCE // 2 + 1)


def many(count: int) -> Plan:
    """As many changes, no two alike, of 4 kB each."""
    prompts = (
        "\n".join(f"Line {line} of prompt {i}, as long as lines are." for line in range(80)) for i in range(count)
    )
    return plan(*(update(f"writer/a{i:05}", field("context.prompt", ABSENT, text)) for i, text in enumerate(prompts)))


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_plan_is_never_one_text(kind: output.Kind, tmp_path: Path) -> None:
    """To write it takes a small part of the memory that the text would."""
    made, file = many(500), tmp_path / "plan"
    emit(render_plan(made, kind, file, verbose=True), file)  # what is loaded or kept once
    tracemalloc.start()
    emit(render_plan(made, kind, file, verbose=True), file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.stat().st_size > 2_000_000
    assert peak < file.stat().st_size / 4


def test_what_is_made_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not kept until all of it is there."""
    written: list[str] = []
    monkeypatch.setattr(output, "put", lambda text, **_: written.append(text) or True)

    def pieces() -> Iterator[str]:
        for number in range(4):
            yield PIECE
            assert sum(map(len, written)) >= (number - 1) * len(PIECE)

    emit(pieces(), None)
    assert "".join(written) == 4 * PIECE


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reader of stdout is gone, no more is made: `reconciler plan | head`."""
    made: list[int] = []
    monkeypatch.setattr(output, "put", lambda text, **_: False)

    def pieces() -> Iterator[str]:
        for number in range(100):
            made.append(number)
            yield PIECE

    emit(pieces(), None)
    assert made == [0, 1]


def test_a_run_that_is_stopped_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    """What stood there stays."""
    file = tmp_path / "plan"
    file.write_text("before")

    def pieces() -> Iterator[str]:
        yield PIECE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        emit(pieces(), file)
    assert file.read_text() == "before"


def test_no_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that is read-only but for one folder still gets its report there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    emit(iter([PIECE, PIECE]), tmp_path / "plan")
    assert (tmp_path / "plan").read_text() == 2 * PIECE


def test_a_folder_for_temporary_files_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that folder that is named, and nothing is written."""

    class Full(StringIO):
        def writelines(self, lines: object) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *_, **__: Full())
    with pytest.raises(UsageError) as caught:
        emit(iter([PIECE]), tmp_path / "plan")
    first = f"cannot write {tmp_path / 'plan'}: it is made in {tempfile.gettempdir()} first, and there: "
    assert caught.value.message == f"{first}No space left on device"
    assert "TMPDIR" in (caught.value.hint or "")
    assert not (tmp_path / "plan").exists()


def test_a_text_and_its_pieces_are_written_alike(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Whole or in pieces, to stdout or to a file."""
    file = tmp_path / "plan"
    whole = "".join(render_plan(PLANS["create"], "text", file, verbose=True))
    for content in (whole, render_plan(PLANS["create"], "text", file, verbose=True)):
        if not isinstance(content, str):
            content = list(content)
        emit(content, None)
        emit(content, file)
        assert capsys.readouterr().out == file.read_text("utf-8") == whole
