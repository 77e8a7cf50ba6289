"""The forms of a plan for those who look at a pull request: which command has them, and that they are written whole."""

from __future__ import annotations

import pytest

from reconciler.render import fingerprint
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served


def test_a_comment_a_summary_and_a_page(cli: Cli, repo: Repo, fake: Served) -> None:
    """Three files from one plan, and its text on stdout."""
    repo.manifest("tweet")
    files = ("--format", "comment=comment.md", "--format", "summary=summary.md", "--format", "html=page.html")
    ran = cli("plan", "--url", fake.url, "--format", "text", *files, code=0)
    assert "create tweet" in ran.out
    comment, summary, page = (
        (repo.root / name).read_text("utf-8") for name in ("comment.md", "summary.md", "page.html")
    )
    assert comment.startswith("<!-- reconciler:plan owner=")
    assert "merging this adds 1 new assistant" in comment
    found = fingerprint.read(comment)
    assert found is not None
    assert str(found["of"]).startswith("{'tweet': 'create:")
    assert summary.startswith("## The deployment: applying this adds 1 new assistant\n")
    assert page.startswith("<!DOCTYPE html>")
    assert "<code>tweet</code> <strong>is new</strong>" in page


def test_a_comment_on_stdout(cli: Cli, repo: Repo, fake: Served) -> None:
    """Without a file it is printed, as every other form."""
    repo.manifest("tweet")
    assert fingerprint.read(cli("plan", "--url", fake.url, "--format", "comment", code=0).out) is not None


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (("apply", "-y"), "comment"),
        (("apply", "-y"), "html"),
        (("rollback", "-y", "tweet"), "summary"),
        (("drift",), "html"),
    ],
)
def test_what_is_no_plan_has_no_such_form(
    cli: Cli, repo: Repo, fake: Served, command: tuple[str, ...], kind: str
) -> None:
    """A usage error that names the command which has it, before anything is sent."""
    repo.manifest("tweet")
    ran = cli(*command, "--url", fake.url, "--format", f"{kind}=file", code=1)
    assert f"--format {kind} is a form of a plan, which this is not" in ran.message
    assert f"reconciler plan --format {kind}=FILE" in ran.message
    assert fake.server.log == []
    assert not (repo.root / "file").exists()


def test_the_summary_of_an_apply(cli: Cli, repo: Repo, fake: Served) -> None:
    """An apply has a summary: its report, as long as a summary may be."""
    for number in range(40):
        repo.manifest(f"a{number}", f"Prompt {number}.\n" * 10)
    cli("apply", "-y", "--url", fake.url, "--format", "summary=summary.md", code=0)
    summary = (repo.root / "summary.md").read_text("utf-8")
    assert summary.startswith("## Applied to the deployment")
    assert "40 created" in summary
