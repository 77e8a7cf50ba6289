"""Names of files are made of what a server says, and lead nowhere."""

from __future__ import annotations

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
