"""The work tree and a commit are read by the same code, and by the same rules."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git, open_git
from reconciler.repo.manifests import load
from reconciler.repo.tree import CannotRead, MissingFile, Tree
from reconciler.repo.worktree import WorkTree, whole

from .conftest import OWNER, commit, git, write

MANIFEST = "graph_id: writer\nname: Tweet writer\ncontext:\n  prompt: !file p.md\n"
FILES = {
    "gitops/assistants/a.yaml": MANIFEST,
    "gitops/assistants/p.md": "Grüße\r\n",
    "gitops/assistants/sub/ü.md": b"\xff\x00",
    "outside.md": "secret",
}


def opened(folder: Path) -> Git:
    found = open_git(folder)
    assert found is not None
    return found


@pytest.fixture(params=["worktree", "commit"])
def tree(request: pytest.FixtureRequest, repository: Path) -> Tree:
    """The same files, from disk and from a commit, with links of every kind."""
    write(repository, FILES)
    folder = repository / "gitops/assistants"
    for name, to in {
        "inside.md": "p.md",
        "chain.md": "inside.md",
        "out.md": "../../outside.md",
        "absolute.md": "/etc/passwd",
        "loop.md": "loop.md",
        "dangling.md": "nothing.md",
        "folder": "sub",
        "up": "../..",
    }.items():
        (folder / name).symlink_to(to)
    commit(repository, {})
    gitops = repository / "gitops"
    return WorkTree(gitops) if request.param == "worktree" else CommitTree(opened(gitops), "HEAD")


def test_paths_are_sorted_and_relative_to_the_settings(tree: Tree) -> None:
    """Only what is under the settings' folder; a link to a folder ends in a slash."""
    names = "a.yaml absolute.md chain.md dangling.md folder/ inside.md loop.md out.md p.md sub/ü.md"
    inside = [path for path in tree.paths("assistants") if not path.startswith("assistants/up")]
    assert inside == [f"assistants/{name}" for name in names.split(" ")]


def test_bytes_are_as_they_are(tree: Tree) -> None:
    """No line end and no encoding is changed."""
    assert tree.read("assistants/p.md") == "Grüße\r\n".encode()
    assert tree.read("assistants/sub/ü.md") == b"\xff\x00"


def test_links_that_stay_inside_are_followed(tree: Tree) -> None:
    """Of files and of folders, also of links to links."""
    assert tree.read("assistants/chain.md") == tree.read("assistants/p.md")
    assert tree.read("assistants/folder/ü.md") == b"\xff\x00"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("assistants/out.md", "leads out of the repository"),
        ("assistants/absolute.md", "leads out of the repository"),
        ("assistants/up/outside.md", "leads out of the repository"),
        ("../outside.md", "leads out of the repository"),
        ("assistants/sub", "is not a regular file"),
        ("assistants/missing.md", "is not there"),
        ("assistants/dangling.md", "is not there"),
        ("assistants/p.md/x", "is not there"),
    ],
)
def test_what_is_refused(tree: Tree, path: str, said: str) -> None:
    """What leads out, is no file, or is not there."""
    with pytest.raises(CannotRead, match=said) as refused:
        tree.read(path)
    assert isinstance(refused.value, MissingFile) == (said == "is not there")


def test_a_link_to_itself_is_refused(tree: Tree) -> None:
    """It ends, and with an error of ours."""
    with pytest.raises(CannotRead):
        tree.read("assistants/loop.md")


def test_folders(tree: Tree) -> None:
    """A tree knows which folders it has."""
    assert tree.folder_exists("assistants")
    assert not tree.folder_exists("schemas")


def test_a_commit_says_what_git_said_then(repository: Path) -> None:
    """Manifests of an older commit are read as they were, whatever the work tree holds now."""
    first = commit(repository, {"assistants/a.yaml": MANIFEST, "assistants/p.md": "one"})
    commit(repository, {"assistants/p.md": "two"})
    write(repository, {"assistants/p.md": "three"})
    found = opened(repository)
    texts = []
    for name in (first, "HEAD"):
        with CommitTree(found, name) as then:
            texts.append(load(then, OWNER).wanted[0].spec.context["prompt"])
    assert texts == ["one", "two"]
    assert load(WorkTree(repository, found), OWNER).wanted[0].spec.context["prompt"] == "three"


def test_an_unknown_commit_is_an_error(repository: Path) -> None:
    """A shallow clone may not have it; the error says what to do."""
    commit(repository, {"a": "b"})
    with pytest.raises(CannotRead, match="is not in this clone"):
        CommitTree(opened(repository), "0" * 40)


def test_gits_own_files_are_refused(repository: Path) -> None:
    """Nothing under .git is read, however it is spelled."""
    commit(repository, {"a": "b"})
    (repository / "link").symlink_to(".git/config")
    for path in (".git/config", ".GIT/config", "link"):
        with pytest.raises(CannotRead, match=r"git's own|not there"):
            WorkTree(repository).read(path)


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A named pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(CannotRead, match="is not a regular file"):
        WorkTree(tmp_path).read("pipe.md")


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 2_000_000])
def test_a_file_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    """Also where its length was another when it was looked at, since somebody writes to it."""
    (tmp_path / "a.md").write_bytes(b"0123456789" * (size // 10) + b"0123456789"[: size % 10])
    for expected in (0, 10, 1_000):
        assert whole(str(tmp_path / "a.md"), expected) == (tmp_path / "a.md").read_bytes()


def test_outside_git_everything_but_history_works(tmp_path: Path) -> None:
    """No repository: manifests are read, and git ignores nothing."""
    write(tmp_path, {"assistants/a.yaml": MANIFEST, "assistants/p.md": "x", ".gitignore": "*.md"})
    assert open_git(tmp_path) is None
    assert load(WorkTree(tmp_path, open_git(tmp_path)), OWNER).diagnostics == ()


def test_without_the_git_program_it_is_as_outside_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing git is no error."""
    commit(repository, {"a": "b"})
    monkeypatch.setenv("PATH", str(repository))
    assert open_git(repository) is None


def test_no_program_of_the_repository_runs(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks, filters, monitors and pagers of a repository are somebody's programs; none is started."""
    ran = repository.parent / "ran"
    program = repository.parent / "program"
    program.write_text(f"#!{shutil.which('sh')}\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    commit(repository, {"assistants/a.yaml": MANIFEST, "assistants/p.md": "x", ".gitattributes": "*.md filter=own"})
    for name in ("core.fsmonitor", "filter.own.clean", "filter.own.smudge", "core.pager"):
        git(repository, "config", name, str(program))
    git(repository, "config", "filter.own.required", "true")
    ran.unlink(missing_ok=True)
    write(repository, {"assistants/p.md": "y"})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    found = opened(repository)
    assert found.is_dirty()
    load(WorkTree(repository, found), OWNER)
    with CommitTree(found, "HEAD") as then:
        assert then.read("assistants/p.md") == b"x"
    assert not ran.exists()
