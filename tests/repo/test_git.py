"""What git says of the settings' folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.repo.git import Git, open_git
from reconciler.repo.remote import parse, repository, sources

from .conftest import commit, git, write


def opened(folder: Path) -> Git:
    found = open_git(folder)
    assert found is not None
    return found


def test_before_the_first_commit_there_is_no_head(repository: Path) -> None:
    """A new repository is no error."""
    found = opened(repository)
    assert (found.head(), found.parent(), found.knows("HEAD")) == (None, None, False)


def test_names_of_commits(repository: Path) -> None:
    """HEAD, its parent, a branch, a short id, and a marker's `-dirty` id."""
    first = commit(repository, {"a": "1"})
    second = commit(repository, {"a": "2"})
    found = opened(repository)
    assert (found.head(), found.parent(), found.parent(first)) == (second, first, None)
    assert {found.resolve(name) for name in ("main", second[:10], f"{second}-dirty")} == {second}
    assert not found.knows("0" * 40)
    assert not found.knows("--all")
    assert (found.is_ancestor(first, second), found.is_ancestor(second, first)) == (True, False)
    assert found.is_ancestor("0" * 40, second) is None


def test_history_is_of_first_parents_newest_first(repository: Path) -> None:
    """From the commit that was written last to HEAD's first parent; merged branches count as their merge."""
    commits = [commit(repository, {"a": str(n)}) for n in range(3)]
    git(repository, "checkout", "-q", "-b", "side")
    commit(repository, {"b": "side"})
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git(repository, "rev-parse", "HEAD")
    commit(repository, {"a": "last"})
    found = opened(repository)
    assert found.commits_since(commits[1]) == [merge, commits[2], commits[1]]
    assert found.commits_since(commits[0], limit=2) == [merge, commits[0]]
    assert found.commits_since("0" * 40) is None


def test_history_from_head_itself_is_head(repository: Path) -> None:
    """Nothing was committed since."""
    commit(repository, {"a": "1"})
    head = commit(repository, {"a": "2"})
    assert opened(repository).commits_since(head) == [head]


def test_commits_of_a_file(repository: Path) -> None:
    """Those that changed it, relative to the settings' folder; its name is no pattern."""
    first = commit(repository, {"gitops/a*.md": "1"})
    commit(repository, {"gitops/ab.md": "1"})
    third = commit(repository, {"gitops/a*.md": "2"})
    assert opened(repository / "gitops").commits_of(["a*.md"]) == [third, first]


@pytest.mark.parametrize(
    ("path", "dirty"),
    [
        ("gitops/assistants/a.yaml", True),
        ("gitops/assistants/new.yaml", True),
        ("gitops/prompts/p.md", True),
        ("gitops/plan.json", False),
        ("other/file", False),
    ],
)
def test_dirty_is_about_what_this_tool_reads(repository: Path, path: str, dirty: bool) -> None:
    """Changes under the settings' folder, and new manifests; a saved plan or another folder is none."""
    commit(repository, {"gitops/assistants/a.yaml": "1", "gitops/prompts/p.md": "1", "other/file": "1"})
    found = opened(repository / "gitops")
    assert not found.is_dirty()
    write(repository, {path: "2"})
    assert found.is_dirty() is dirty


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/Acme/Agents.git", ("github.com", "Acme/Agents")),
        ("https://me:secret@GitHub.com/acme/agents/", ("github.com", "acme/agents")),
        ("git@github.com:acme/agents.git", ("github.com", "acme/agents")),
        ("ssh://git@git.acme.example:2222/team/agents", ("git.acme.example", "team/agents")),
        ("/srv/git/agents.git", None),
        ("file:///srv/git/agents.git", None),
        ("../agents", None),
        ("https://[broken/x", None),
    ],
)
def test_addresses_of_remotes(address: str, expected: tuple[str, str] | None) -> None:
    """One repository is one name, however it is reached; a folder of this machine has none."""
    assert parse(address) == expected


def test_the_repositorys_name(repository_at: Path) -> None:
    """Lower case, without credentials, with the settings' folder; CI's variables come first."""
    git(repository_at, "remote", "add", "origin", "https://user:hunter2@GitHub.com/Acme/Agents.git")
    top, folder = opened(repository_at), opened(repository_at / "gitops")
    assert repository(top, {}) == "github.com/acme/agents"
    assert repository(folder, {}) == "github.com/acme/agents:gitops"
    ci = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "Team/Fork"}
    assert repository(folder, ci) == "github.example/team/fork:gitops"
    assert repository(folder, {"CI_PROJECT_URL": "https://gitlab.com/team/x"}) == "gitlab.com/team/x:gitops"
    assert repository(None, ci) is None


def test_a_manifests_web_address(repository_at: Path) -> None:
    """In the form of the host; None where that is not known."""
    assert sources(opened(repository_at / "gitops"), {}, "abc")("assistants/x.yaml") is None
    git(repository_at, "remote", "add", "origin", "git@github.com:acme/agents.git")
    folder = opened(repository_at / "gitops")
    there = "gitops/assistants/a%20b.yaml"
    assert sources(folder, {}, "abc")("assistants/a b.yaml") == f"https://github.com/acme/agents/blob/abc/{there}"
    lab = {"CI_PROJECT_URL": "https://git.acme.example/team/x"}
    assert sources(folder, lab, "abc")("assistants/a b.yaml") == f"https://git.acme.example/team/x/-/blob/abc/{there}"


@pytest.fixture
def repository_at(repository: Path) -> Path:
    """A repository with settings in a folder."""
    commit(repository, {"gitops/reconciler.yaml": "owner: x\n"})
    return repository


def test_the_remote_is_asked_for_once(repository_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files there are: a process for each of a thousand took longer than writing them."""
    folder = open_git(repository_at)
    assert folder is not None
    asked: list[str] = []
    monkeypatch.setattr(Git, "origin", lambda self: asked.append("once") or "https://github.com/acme/agents.git")
    address = sources(folder, {}, "abc")
    assert [address(f"assistants/{number}.yaml") for number in range(10)][9] is not None
    assert asked == ["once"]


@pytest.mark.parametrize("files", [("objects/x", "refs/x"), ("commondir",)])
def test_files_are_no_repository(repository: Path, files: tuple[str, ...]) -> None:
    """A folder of a work tree that git would take for a repository of its own, by what is committed in it, is none."""
    write(repository, {"inner/a": "1", "inner/refs/x": "", "HEAD": "ref: refs/heads/main\n"})
    assert open_git(repository / "inner") is not None
    write(repository, {f"inner/{name}": "../../.git\n" for name in (*files, "HEAD")})
    assert open_git(repository / "inner") is None
    assert open_git(repository) is not None
