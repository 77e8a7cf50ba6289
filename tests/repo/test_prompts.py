"""`!file`: texts of the repository, byte for byte, and the files it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.repo.git import open_git
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.worktree import WorkTree

from .conftest import OWNER, Files, codes, commit, git, write

MANIFEST = "graph_id: writer\nname: Tweet writer\ncontext:\n  prompt: !file p.md\n"
Read = Callable[[Files], Loaded]


@pytest.mark.parametrize(
    "text", ["", "no newline", "tab\t trailing  \n\n", "Grüße \U0001f600 a\u0301\n", "a\u2028b\x85c\n"]
)
def test_the_text_is_the_files_bytes(read: Read, text: str) -> None:
    """Nothing is stripped, folded or normalised."""
    loaded = read({"assistants/a.yaml": MANIFEST, "assistants/p.md": text})
    assert loaded.diagnostics == ()
    assert loaded.wanted[0].spec.context == {"prompt": text}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [("\ufeffHi\n", "prompt-bom", 1), ("one\ntwo\r\nthree\r\n", "prompt-cr", 2), ("…\n", "prompt-open", 1)],
)
def test_what_is_hardly_meant_is_warned_about_and_kept(read: Read, text: str, code: str, line: int) -> None:
    """A BOM and carriage returns become part of the text, and so does what `new` writes where a prompt is to stand."""
    loaded = read({"assistants/a.yaml": MANIFEST, "assistants/p.md": text})
    (found,) = loaded.diagnostics
    assert (found.severity, found.code, found.path, found.line) == ("warning", code, "assistants/p.md", line)
    assert loaded.wanted[0].spec.context == {"prompt": text}


def test_the_line_that_ends_carriage_returns_is_given(read: Read) -> None:
    """The rule nobody can guess is printed to paste."""
    (found,) = read({"assistants/a.yaml": MANIFEST, "assistants/p.md": "a\r\n"}).diagnostics
    assert found.hint is not None
    assert "assistants/p.md text eol=lf" in found.hint


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"one\ntwo \\u0000\n", "prompt-nul", (2, 5)),
        (b"one\n\x00", "prompt-nul", (2, 1)),
        ("Grüße\nüb".encode() + b"\xff", "prompt-encoding", (2, 3)),
    ],
)
def test_texts_that_servers_cannot_hold(read: Read, data: bytes, code: str, place: tuple[int, int]) -> None:
    """An error in a prompt is at the prompt's own line, once, however many manifests use it."""
    loaded = read({"assistants/a.yaml": MANIFEST, "assistants/b.yaml": MANIFEST, "assistants/p.md": data})
    (found,) = loaded.diagnostics
    assert (found.code, found.path, (found.line, found.column)) == (code, "assistants/p.md", place)
    assert loaded.wanted == ()


def test_a_file_past_1_mb_is_refused(read: Read) -> None:
    """At most 1 MB."""
    assert codes(read({"assistants/a.yaml": MANIFEST, "assistants/p.md": "x" * 1_000_000})) == []
    loaded = read({"assistants/a.yaml": MANIFEST, "assistants/p.md": "x" * 1_000_001})
    assert codes(loaded) == ["bad-file"]
    assert "larger than 1 MB" in loaded.diagnostics[0].message


@pytest.mark.parametrize("link", ["p.md", "folder"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, link: str) -> None:
    """Neither the file nor a folder on its way may be a link out of the repository."""
    root = tmp_path / "root"
    secret = tmp_path / "secret"
    write(secret, {"p.md": "secret"})
    name = "p.md" if link == "p.md" else "folder/p.md"
    write(root, {"assistants/a.yaml": MANIFEST.replace("p.md", name)})
    (root / "assistants" / link).symlink_to(secret / "p.md" if link == "p.md" else secret)
    loaded = load(WorkTree(root), OWNER)
    assert any("leads out of the repository" in found.message for found in loaded.diagnostics)
    assert "secret" not in repr(loaded.wanted)
    assert loaded.failed


def test_a_link_inside_is_followed(tmp_path: Path) -> None:
    """A link that stays inside is the file it names."""
    write(tmp_path, {"assistants/a.yaml": MANIFEST, "assistants/real.md": "Hi"})
    (tmp_path / "assistants/p.md").symlink_to("real.md")
    assert load(WorkTree(tmp_path), OWNER).wanted[0].spec.context == {"prompt": "Hi"}


def test_a_linked_folder_of_manifests_is_an_error(tmp_path: Path) -> None:
    """It is not entered, and what stands behind it does not vanish in silence."""
    write(tmp_path, {"assistants/a.yaml": "graph_id: w\nname: n\n", "other/b.yaml": "graph_id: w\nname: n\n"})
    (tmp_path / "assistants/team").symlink_to(tmp_path / "other")
    assert codes(load(WorkTree(tmp_path), OWNER)) == ["linked-folder"]


def test_a_file_that_git_ignores_is_refused(repository: Path) -> None:
    """What git ignores is on one machine only; a tracked file is not ignored, whatever .gitignore says."""
    commit(repository, {"assistants/a.yaml": MANIFEST, ".gitignore": "*.md\n"})
    write(repository, {"assistants/p.md": "Hi"})
    tree = WorkTree(repository, open_git(repository))
    (found,) = load(tree, OWNER).diagnostics
    assert (found.code, found.path, found.line, found.hint) == (
        "bad-file",
        "assistants/a.yaml",
        4,
        "git add -f assistants/p.md",
    )
    git(repository, "add", "-f", "assistants/p.md")
    assert load(tree, OWNER).diagnostics == ()


def test_each_file_is_read_once(tmp_path: Path) -> None:
    """However many manifests name a prompt."""
    write(tmp_path, {f"assistants/{n}.yaml": MANIFEST for n in "abc"} | {"assistants/p.md": "Hi"})
    reads = []

    class Counting(WorkTree):
        def read(self, path: str) -> bytes:
            reads.append(path)
            return super().read(path)

    load(Counting(tmp_path), OWNER)
    assert reads.count("assistants/p.md") == 1
