"""Names of files are made of what a server says, and lead nowhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.repo.backup import Folder
from reconciler.repo.backup.folder import file_stem
from reconciler.repo.names import NAME

ID = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
HOSTILE = [
    "../x",
    "/etc/passwd",
    "a//b",
    "..",
    ".",
    "",
    "a/../b",
    "a\x00b",
    "a\nb",
    "CON:",
    "a\\b",
    "x" * 101,
    "~",
    "-rf",
]


@pytest.mark.parametrize("key", HOSTILE)
@pytest.mark.parametrize("identifier", [ID, "../../x", "", ID.upper()])
def test_hostile_names_stay_in_the_folder(tmp_path: Path, key: str, identifier: str) -> None:
    """Whatever the key and the id are, the file is right in the folder."""
    folder = tmp_path / "saved"
    path = Path(Folder(folder).save(key, identifier, b"{}"))
    assert path.parent == folder
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


@given(st.text(), st.text())
def test_a_name_is_of_the_grammar(key: str, identifier: str) -> None:
    """Letters, digits and `._-`, and short enough for every file system."""
    stem = file_stem(key, identifier)
    assert NAME.match(stem)
    assert len(stem) < 240


def test_never_overwrites(tmp_path: Path) -> None:
    """A file of that name, and a broken link, get a numbered sibling."""
    folder = Folder(tmp_path)
    first = Path(folder.save("a/b", ID, b"1"))
    (tmp_path / f"a__b-{ID}-2.json").symlink_to(tmp_path / "nowhere")
    third = Path(folder.save("a/b", ID, b"3"))
    assert (first.name, third.name) == (f"a__b-{ID}.json", f"a__b-{ID}-3.json")
    assert (first.read_bytes(), third.read_bytes()) == (b"1", b"3")
    assert not (tmp_path / "nowhere").exists()


ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal
from pathlib import Path
from reconciler.repo.backup import Folder
folder = Folder(Path(os.environ["FOLDER"]))
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)
folder.save("a/b", "62e209ca-9154-432a-b9e9-2d75c7a9219b", b"{" * 100_000)
"""


def test_killed_while_it_is_written(tmp_path: Path) -> None:
    """A part of a file has no name that a backup has."""
    env = {**os.environ, "FOLDER": os.fspath(tmp_path), "PYTHONPATH": os.fspath(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED], env=env, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(tmp_path.glob("*.json")) == []
    Folder(tmp_path).save("a/b", ID, b"{}")
    assert [file.name for file in tmp_path.glob("*.json")] == [f"a__b-{ID}.json"]


def test_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has none gets the file all the same, and nothing is overwritten there."""

    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("reconciler.repo.backup.folder.os.link", refuse)
    names = [Path(Folder(tmp_path).save("a/b", ID, content)).name for content in (b"1", b"2")]
    assert names == [f"a__b-{ID}.json", f"a__b-{ID}-2.json"]
    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == [b"1", b"2"]
