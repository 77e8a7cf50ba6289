"""What git says that guards have to know, read from real repositories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.app.guard_facts import guard_facts
from reconciler.app.source import open_repository
from reconciler.core.compare import compare
from reconciler.core.guards import Facts, Trailer
from reconciler.model.wanted import OnDrift
from tests.core.case import OWNER, live, wanted
from tests.repo.conftest import commit, git

SETTINGS = "gitops/reconciler.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose settings stand in a folder, with two commits."""
    found = tmp_path / "repository"
    found.mkdir()
    git(found, "init", "-q", "-b", "main")
    commit(found, {SETTINGS: f"owner: {OWNER}\n"}, "first")
    commit(found, {"gitops/notes": "1"}, "second")
    return found


def _facts(root: Path, *marked: str, base: str | None = "HEAD^1", **given: Any) -> Facts:
    """The facts of a run in which markers name these commits: each of them one assistant."""
    rows = {f"a/{i}": {"versions": [{"git": {"commit": one, "repo": given.get("of")}}]} for i, one in enumerate(marked)}
    lives = [live(key, said)[0] for key, said in rows.items()]
    comparison = compare(OWNER, [wanted("a/0", {"name": "differs"})], lives)
    repository = open_repository(root / "gitops")
    base = repository.git.resolve(base) if repository.git is not None and base is not None else None
    return guard_facts(repository, comparison, repo=given.get("repo"), deployment=given.get("deployment"), base=base)


def test_newer_commits_are_those_with_head_in_their_history(root: Path) -> None:
    """HEAD itself and what lies before are not newer, nor what never had it; an unknown one is said to be."""
    head = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "-b", "side", "HEAD^")
    side = commit(root, {"side": "1"})
    git(root, "checkout", "-q", "main")
    newer = commit(root, {"gitops/notes": "2"})
    newest = commit(root, {"gitops/notes": "3"})
    git(root, "checkout", "-q", head)
    before = git(root, "rev-parse", "HEAD^")
    found = _facts(root, before, head, side, newer, f"{newest}-dirty", "f" * 40, "--all", "1")
    assert found.head == head
    assert found.newer == {newer, newest}
    assert found.unknown == {"f" * 40, "--all", "1"}


def test_commits_of_another_repository_are_not_asked_for(root: Path) -> None:
    """That this clone does not have them says nothing."""
    assert _facts(root, "f" * 40, of="github.com/b/x", repo="github.com/acme/agents").unknown == frozenset()
    assert _facts(root, "f" * 40, of="github.com/acme/agents", repo="github.com/acme/agents").unknown == {"f" * 40}


def test_trailers_since_the_last_apply_on_every_line_of_history(root: Path) -> None:
    """Of all commits that no marker has in its history, merged branches too, HEAD included, and none before."""
    commit(root, {"gitops/notes": "2"}, "old\n\nReconciler-Allow: protected")
    applied = commit(root, {"gitops/notes": "3"}, "applied\n\nReconciler-Allow: max_deletes")
    git(root, "checkout", "-q", "-b", "side")
    merged = commit(root, {"side": "1"}, "side\n\nReconciler-Allow: delete support/tier1\nReconciler-Allow: renamed")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    head = commit(root, {"gitops/notes": "4"}, f"last\n\nSigned-off-by: a <a@b>\nreconciler-allow: commit {'a' * 40}")
    texts = ("delete support/tier1", "renamed")
    found = _facts(root, applied, git(root, "rev-parse", "HEAD~3")).trailers
    assert set(found) == {Trailer(commit=merged, text=t) for t in texts} | {
        Trailer(commit=head, text=f"commit {'a' * 40}")
    }


def test_trailers_are_used_up_by_the_apply_that_they_were_for(root: Path) -> None:
    """Once a marker names the commit, running it again finds none."""
    head = commit(root, {"gitops/notes": "2"}, "go\n\nReconciler-Allow: max_deletes")
    assert _facts(root, head).trailers == ()
    assert [t.text for t in _facts(root, git(root, "rev-parse", "HEAD^")).trailers] == ["max_deletes"]


def test_trailers_where_no_commit_is_known(root: Path) -> None:
    """Then those since HEAD's first parent count; words in the middle of a message are no trailer."""
    commit(root, {"gitops/notes": "2"}, "older\n\nReconciler-Allow: max_deletes")
    commit(root, {"gitops/notes": "2b"}, "without")
    assert _facts(root, "f" * 40).trailers == ()
    commit(root, {"gitops/notes": "3"}, "last\n\nReconciler-Allow: protected\n\nand more words.")
    assert _facts(root).trailers == ()
    commit(root, {"gitops/notes": "4"}, "last\n\nReconciler-Allow: protected")
    assert [t.text for t in _facts(root).trailers] == ["protected"]


def test_settings_at_the_base(root: Path) -> None:
    """Those of the commit before, of the same deployment, beside those of this tree."""
    one = "deployments:\n  staging:\n    url: https://s.example\n"
    commit(root, {SETTINGS: f"owner: {OWNER}\non_drift: hold\nguards: {{max_deletes: 1}}\n{one}"})
    commit(root, {SETTINGS: f"owner: {OWNER}\n{one}    prune: true\n"})
    found = _facts(root, deployment="staging")
    assert found.before is not None
    assert found.now is not None
    assert (found.before.limits.max_deletes, found.before.on_drift, found.before.prune) == (1, OnDrift.HOLD, False)
    assert (found.now.limits.max_deletes, found.now.on_drift, found.now.prune) == (5, OnDrift.OVERWRITE, True)
    assert found.not_compared is None


def test_settings_of_a_deployment_that_was_not_listed(root: Path) -> None:
    """A new deployment loosens nothing, whatever it says."""
    commit(root, {SETTINGS: f"owner: {OWNER}\ndeployments:\n  new:\n    url: https://n.example\n    prune: true\n"})
    found = _facts(root, deployment="new")
    assert found.before is not None
    assert found.before.prune is None


@pytest.mark.parametrize(("before", "why"), [(None, "is not there"), ("owner: [broken\n", ""), ("nothing: x\n", "")])
def test_settings_that_the_base_does_not_have(tmp_path: Path, before: str | None, why: str) -> None:
    """Absent or broken there: not compared, with a reason."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"other": "1"} | ({SETTINGS: before} if before is not None else {}))
    commit(tmp_path, {SETTINGS: f"owner: {OWNER}\n"})
    found = _facts(tmp_path)
    assert found.before is None
    assert "reconciler.yaml at " in (found.not_compared or "")
    assert why in (found.not_compared or "")


def test_first_commit_and_shallow_clone(tmp_path: Path, root: Path) -> None:
    """Before a first commit there is nothing; what a shallow clone lacks is said."""
    git(root, "checkout", "-q", "HEAD^")
    assert _facts(root).not_compared is None
    git(root, "checkout", "-q", "main")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", str(tmp_path / "shallow"))
    assert "fetch-depth" in (_facts(tmp_path / "shallow").not_compared or "")


def test_outside_git(tmp_path: Path) -> None:
    """Names and this tree's settings are all there is."""
    (tmp_path / "gitops").mkdir()
    (tmp_path / SETTINGS).write_text(f"owner: {OWNER}\n")
    found = _facts(tmp_path, "f" * 40, repo="r", deployment="d")
    assert (found.repo, found.deployment, found.head, found.unknown) == ("r", "d", None, frozenset())
    assert found.before is None


def test_trailers_of_a_first_merge(root: Path) -> None:
    """Where no commit is known, what a merge brought counts, not the merge's own message alone."""
    git(root, "checkout", "-q", "-b", "side")
    commit(root, {"side": "1"}, "side\n\nReconciler-Allow: renamed")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert [t.text for t in _facts(root).trailers] == ["renamed"]


def test_a_marker_names_a_commit_by_its_id_only(root: Path) -> None:
    """`HEAD` in a marker that somebody wrote does not use up the trailers."""
    commit(root, {"gitops/notes": "2"}, "go\n\nReconciler-Allow: protected")
    found = _facts(root, "HEAD", "main\nmain")
    assert [t.text for t in found.trailers] == ["protected"]
    assert found.unknown == {"HEAD", "main\nmain"}
