"""Composition at its edges: thousands of rows, and names that no id follows from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.repo.git import open_git
from reconciler.repo.manifests import load
from reconciler.repo.worktree import WorkTree

from .conftest import OWNER, codes, write

TEXTS = (
    'graph_id: w\nname: !template "N ${id}"\ncontext: {p: !each p, q: !template {file: p.md}}\nfor_each:\n',
    "  - {{id: r{n}, p: !file p.md, overrides: {{metadata: {{m: !file p.md}}}}}}\n",
)
MISSPELT = (
    "graph_id: w\nname: !each id\ncontext: {p: !each tonne}\nfor_each:\n",
    "  - {{id: r{n}, tone: dry}}\n",
)
LACKING = (
    "graph_id: w\nname: !each id\ncontext: {p: !each tone}\nfor_each:\n  - {id: r, tone: dry}\n",
    "  - {{id: r{n}}}\n",
)


def _steps(root: Path, rows: int, manifest: tuple[str, str]) -> int:
    """How many calls reading a manifest of so many rows takes."""
    head, row = manifest
    table = "".join(row.format(n=number) for number in range(rows))
    write(root, {"assistants/a.yaml": head + table, "assistants/p.md": "text"})
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        load(WorkTree(root), OWNER)
    finally:
        sys.setprofile(before)
    return calls


def test_each_base_and_table_is_read_once(tmp_path: Path) -> None:
    """However many manifests name it."""
    reads: list[str] = []

    class Counting(WorkTree):
        def read(self, path: str) -> bytes:
            reads.append(path)
            return super().read(path)

    row = "extends: _base.yaml\nname: !each id\nfor_each: _rows.yaml\n"
    files = {f"assistants/{name}.yaml": row for name in "abc"}
    files |= {"assistants/_base.yaml": "graph_id: w\n", "assistants/_rows.yaml": "- {id: one}\n- {id: two}\n"}
    write(tmp_path, files)
    loaded = load(Counting(tmp_path), OWNER)
    assert (len(loaded.wanted), loaded.diagnostics) == (6, ())
    assert sorted(reads) == sorted(files)


@pytest.mark.parametrize("manifest", [TEXTS, MISSPELT, LACKING], ids=["texts", "misspelt", "lacking"])
def test_rows_take_linear_time(tmp_path: Path, manifest: tuple[str, str]) -> None:
    """Four times as many rows take four times as many steps, with texts of files in them or with mistakes."""
    assert _steps(tmp_path, 400, manifest) < 5 * _steps(tmp_path, 100, manifest)


def test_rows_with_a_mistake_are_read_in_seconds(read: Callable[..., object]) -> None:
    """The file is parsed once for all of its rows, also where each has an error."""
    start = os.times()
    head, row = LACKING
    read({"assistants/a.yaml": head + "".join(row.format(n=n) for n in range(1500))})
    now = os.times()
    assert now.user + now.system - start.user - start.system < 20


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A manifest whose file name no text can say is an error like any other wrong name, and stops nothing else."""
    write(tmp_path, {"assistants/ok.yaml": "graph_id: w\nname: OK\n"})
    name = os.path.join(os.fsencode(tmp_path), b"assistants", b"caf\xe9.yaml")
    try:
        with open(name, "wb") as file:
            file.write(b"graph_id: w\nname: Cafe\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    loaded = load(WorkTree(tmp_path, open_git(tmp_path)), OWNER)
    assert codes(loaded) == ["key-grammar"]
    assert [want.key for want in loaded.wanted] == ["ok"]


def test_a_template_is_no_bomb(tmp_path: Path) -> None:
    """A small file with a large value in it many times is refused before it fills the memory."""
    holes = "${a}" * 200_000
    write(tmp_path, {"assistants/p.md": holes, "assistants/a.md": "x" * 900_000})
    manifest = "graph_id: w\nname: A\ncontext: {p: !template {file: p.md}}\nfor_each: [{id: one, a: !file a.md}]\n"
    write(tmp_path, {"assistants/w.yaml": manifest})
    loaded = load(WorkTree(tmp_path, open_git(tmp_path)), OWNER)
    assert [(d.code, d.path, d.message) for d in loaded.diagnostics] == [
        (
            "template",
            "assistants/p.md",
            "with the values of row `one` in it the text is longer than 1,000,000 characters",
        )
    ]
