"""Where no plan can be made, the files that people are to read say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

NO_SERVER = "http://127.0.0.1:9"


def read(cli: Cli, tmp_path: Path, *words: str) -> str:
    """What the comment says, and the summary too, of a plan that ends with 1."""
    comment, summary, document = (tmp_path / name for name in ("comment.md", "summary.md", "document.json"))
    formats = (f"comment={comment}", f"summary={summary}", f"json={document}", "text")
    cli("plan", *words, *(word for one in formats for word in ("--format", one)), code=1)
    assert not document.exists()
    said = summary.read_text()
    assert said.strip()
    assert "<!--" not in said
    return comment.read_text()


def test_a_broken_manifest(cli: Cli, repo: Repo, fake: Served, tmp_path: Path) -> None:
    """Each error with its place, under the marker of owner and deployment: so it takes the place of a plan."""
    repo.deployment(fake.url)
    repo.write("assistants/bad.yaml", "graph_id: writer\nname: [\n")
    said = read(cli, tmp_path, "-d", "staging")
    assert said.startswith("<!-- reconciler:plan owner=acme deployment=staging -->\n")
    assert "`assistants/bad.yaml:" in said
    assert fake.server.log == []


def test_a_server_that_does_not_answer(cli: Cli, repo: Repo, tmp_path: Path) -> None:
    """What was tried, in the words of the error."""
    repo.deployment(NO_SERVER)
    repo.manifest("tweet")
    said = read(cli, tmp_path, "-d", "staging")
    assert NO_SERVER.removeprefix("http://") in said.replace("\u2060", "")


@pytest.mark.parametrize("settings", ["owner: [\n", "owner: acme\n"])
def test_settings_that_name_no_such_deployment(cli: Cli, repo: Repo, tmp_path: Path, settings: str) -> None:
    """Also where the settings are broken, or list no such deployment."""
    repo.write("reconciler.yaml", settings)
    repo.manifest("tweet")
    assert "deployment=staging -->" in read(cli, tmp_path, "-d", "staging").splitlines()[0]


def test_a_mistake_of_ours(cli: Cli, repo: Repo, fake: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what failed is shown, which could be a credential; but it is said that it failed."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("lsv2_pt_secret")

    monkeypatch.setattr("reconciler.cli.planning.prepare", fails)
    file = tmp_path / "comment.md"
    repo.deployment(fake.url)
    with pytest.raises(AssertionError, match="a mistake in reconciler"):
        cli("plan", "-d", "staging", "--format", f"comment={file}")
    assert "RuntimeError" in file.read_text()
    assert "secret" not in file.read_text()
