"""Where this tool was installed from, as CI is told it: exactly that, or nothing that pip would take."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from reconciler.app.init.tool import UNKNOWN, by_name, installed, of

COMMIT = "0123456789" * 4
WHO = {
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def direct(url: str, **more: object) -> str:
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT}} | more)


@pytest.mark.parametrize(
    ("said", "spec"),
    [
        (direct("https://github.com/acme/reconciler"), f"git+https://github.com/acme/reconciler@{COMMIT}"),
        (direct("https://github.com/acme/reconciler.git"), f"git+https://github.com/acme/reconciler@{COMMIT}"),
        (direct("https://git.acme.example:8443/t/r"), f"git+https://git.acme.example:8443/t/r@{COMMIT}"),
        (direct("ssh://git@github.com/acme/reconciler.git"), f"git+https://github.com/acme/reconciler@{COMMIT}"),
        (direct("https://me:secret@github.com/acme/r"), f"git+https://github.com/acme/r@{COMMIT}"),
        (direct("https://h.example/a/r", subdirectory="py"), f"git+https://h.example/a/r@{COMMIT}#subdirectory=py"),
    ],
)
def test_from_git(said: str, spec: str) -> None:
    """Address and commit, reached by https, without the credentials that somebody may have had in it."""
    assert of(said).spec == f"assistants-reconciler @ {spec}"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        json.dumps({"url": 3}),
        direct("http://plain.example/a/r"),
        direct("file:///somewhere/r"),
        direct("https://github.com/acme/$(id)"),
        direct("https://github.com/acme/r\n- run: id"),
        json.dumps({"url": "https://github.com/acme/r", "vcs_info": {"vcs": "git", "commit_id": "main"}}),
        json.dumps({"url": "https://github.com/acme/r", "vcs_info": {"vcs": "hg", "commit_id": COMMIT}}),
        json.dumps({"url": "file:///wheels/reconciler.whl", "archive_info": {}}),
        json.dumps({"url": "file:///no/such/folder", "dir_info": {"editable": True}}),
    ],
)
def test_unknown(said: str) -> None:
    """What gives no address and no commit gives what pip refuses: nothing else is installed in its place."""
    assert of(said).spec == UNKNOWN
    assert not of(said).is_known


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **WHO}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_from_a_clone(tmp_path: Path) -> None:
    """A folder that is a clone: its remote and the commit that is checked out; a note where nobody else has that."""
    folder = tmp_path / "my clone"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    said = json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}})
    assert of(said).spec == UNKNOWN
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "one")
    assert of(said).spec == UNKNOWN
    git(folder, "remote", "add", "origin", "git@github.com:acme/reconciler.git")
    commit = git(folder, "rev-parse", "HEAD")
    found = of(said)
    assert found.spec == f"assistants-reconciler @ git+https://github.com/acme/reconciler@{commit}"
    assert (found.address, found.commit) == ("https://github.com/acme/reconciler", commit)
    assert "does not have yet" in (found.note or "")
    git(folder, "update-ref", "refs/remotes/origin/main", commit)
    assert of(said).note is None


def test_by_name() -> None:
    """From an index it is the very version, and a note says that it is looked for by name."""
    assert by_name("1.2.3").spec == "assistants-reconciler==1.2.3"
    assert "by name" in (by_name("1.2.3").note or "")


def test_this_installation() -> None:
    """What is installed here says something, whatever it is, without an error."""
    assert installed().spec.startswith("assistants-reconciler")
