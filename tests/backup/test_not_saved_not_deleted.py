"""What cannot be saved completely is not deleted, and the report says why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from reconciler.app.apply import apply
from reconciler.app.backup import Backup
from reconciler.core.compose import Provenance
from reconciler.repo.backup import Folder
from tests.app.world import World
from tests.backup.conftest import Delete, saved, through
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Answer, Repo, Served, answering
from tests.core.case import derived_id
from tests.fake import Traits

NOT_ROWS = (200, {"Content-Type": "application/json"}, b"[1, 2]")
FAILS = (500, {}, b"no")
EMPTY = (200, {"Content-Type": "application/json"}, b"[]")
GONE = (404, {}, b"{}")


@pytest.fixture
def two(cli: Cli, repo: Repo, fake: Served) -> Served:
    """Two assistants, of which `a` has twelve versions."""
    repo.manifest("b")
    repo.manifest("a")
    cli("apply", "-y", "--url", fake.url, code=0)
    for number in range(11):
        repo.manifest("a", f"Prompt {number}.")
        cli("apply", "-y", "--url", fake.url, code=0)
    return fake


@pytest.mark.parametrize(
    ("spoilt", "page"),
    [(NOT_ROWS, 0), (FAILS, 0), (EMPTY, 0), (GONE, 0), (NOT_ROWS, 10), (FAILS, 10)],
    ids=["no rows", "fails", "empty", "gone", "then no rows", "then fails"],
)
def test_unreadable_history(two: Served, delete: Delete, tmp_path: Path, spoilt: Answer, page: int) -> None:
    """Not its first page, not its second: it stays, the other one goes, and apply ends with 5."""
    asked, looks = two.id("a"), list[str]()

    def spoil(method: str, path: str, body: bytes) -> Answer | None:
        looks.extend([path] if (method, path) == ("GET", f"/assistants/{asked}") else [])
        is_backup = bool(looks) and path == f"/assistants/{asked}/versions"
        return spoilt if is_backup and json.loads(body)["offset"] == page else None

    with answering(through(two, spoil)) as seen:
        ran = delete(seen.url, "a", "b", code=5)
    assert "not deleted, since not saved" in ran.out.replace("\n", " ").replace("  ", " ")
    assert two.server.ids().count(two.id("a")) == 1
    assert [w for w in two.writes if w.startswith("DELETE")] == [f"DELETE /assistants/{two.id('b')}"]
    assert [file.name for file in (tmp_path / "saved").iterdir()] == [f"b-{two.id('b')}.json"]


def test_the_live_version_is_among_them(two: Served, delete: Delete) -> None:
    """A history without the version that is live is not the whole history."""
    asked = two.id("a")

    def spoil(method: str, path: str, body: bytes) -> Answer | None:
        if path != f"/assistants/{asked}/versions" or json.loads(body)["offset"]:
            return None
        rows = [row for row in two.server.versions(asked) if row["version"] != 12][:10]
        return 200, {"Content-Type": "application/json"}, json.dumps(rows).encode()

    with answering(through(two, spoil)) as seen:
        ran = delete(seen.url, "a", code=5, words=["--allow", "drifted_delete"])
    assert "lacks the version that is live" in " ".join(ran.out.split())
    assert asked in two.server.ids()


def test_changed_while_it_is_saved(two: Served, delete: Delete) -> None:
    """Somebody's edit during the backup is seen: stale, not deleted, though a backup was written."""
    asked, looks = two.id("a"), list[str]()

    def spoil(method: str, path: str, body: bytes) -> Answer | None:
        looks.extend([path] if (method, path) == ("GET", f"/assistants/{asked}") else [])
        if len(looks) == 2 and path.endswith("/versions") and not two.server.get(asked)["description"]:
            two.server.patch(asked, description="by hand")
        return None

    with answering(through(two, spoil)) as seen:
        delete(seen.url, "a", code=4)
    assert two.server.get(asked)["description"] == "by hand"


@pytest.mark.parametrize(
    ("folder", "why"), [("file", "it is no folder"), ("file/below", "Not a directory"), ("link", "it is no folder")]
)
def test_unusable_folder(cli: Cli, fake: Served, repo: Repo, tmp_path: Path, folder: str, why: str) -> None:
    """Said before anything is asked of the server."""
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    repo.manifest("a")
    ran = cli("apply", "-y", "--url", fake.url, "--backup", tmp_path / folder, code=1)
    assert f"cannot write there: {why}" in ran.message
    assert fake.server.log == []


def test_a_full_disk(two: Served, delete: Delete, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be finished is not left, and nothing is deleted."""

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reconciler.repo.files.os.fsync", full)
    ran = delete(two.url, "a", code=5)
    assert "No space left on device" in " ".join(ran.out.split())
    assert list((tmp_path / "saved").iterdir()) == []
    assert two.id("a") in two.server.ids()


def test_interrupted_while_it_is_saved(tmp_path: Path) -> None:
    """Nothing new is sent after Ctrl-C: what was just saved is not deleted any more."""
    world, stop = World.of(Traits()), Event()
    world.commit({"w/gone": {"name": "Gone", "context": {}}})
    world.apply()
    world.commit({})
    session = world.session()
    assert session.writer is not None
    made = world.plan(session)

    def interrupted() -> datetime:
        stop.set()
        return datetime.now(UTC)

    backup = Backup(Folder(tmp_path), made.deployment, made.owner, session.reader, interrupted)
    report = apply(made, Provenance(), session.reader, session.writer, stop=stop, backup=backup)
    (outcome,) = report.outcomes
    assert (report.exit_code, report.interrupted, outcome.result) == (5, True, "failed")
    assert outcome.error == "saved, and not deleted: the run was interrupted"
    assert derived_id("w/gone") in world.server.ids()
    assert len(list(tmp_path.iterdir())) == 1


def test_every_version_is_saved_wherever_pages_end(two: Served, delete: Delete, tmp_path: Path) -> None:
    """Twelve versions over two pages, in the server's own words."""
    rows = two.server.versions(two.id("a"))
    delete(two.url, "a")
    assert saved(tmp_path / "saved")["versions"] == sorted(rows, key=lambda row: -row["version"])


@pytest.mark.parametrize("traits", [{"versions_paging": "ignored"}, {"versions_past_end": "empty"}], ids=str)
def test_servers_that_page_otherwise(
    cli: Cli, repo: Repo, serve: Serve, delete: Delete, tmp_path: Path, traits: dict[str, str]
) -> None:
    """One that ignores limits, and one that ends with an empty page: all versions, each once."""
    served = serve(**traits)
    for number in range(10):
        repo.manifest("a", f"Prompt {number}.")
        cli("apply", "-y", "--url", served.url, code=0)
    delete(served.url, "a")
    assert [row["version"] for row in saved(tmp_path / "saved")["versions"]] == list(range(10, 0, -1))


def test_the_report_names_the_file(two: Served, delete: Delete, tmp_path: Path) -> None:
    """In JSON too: where each one was saved."""
    ran = delete(two.url, "a", words=["--format", "json"])
    (file,) = (tmp_path / "saved").iterdir()
    (change,) = json.loads(ran.out)["changes"]
    assert change["outcome_note"] == f"saved before as {file}"


def test_without_deletions_nothing_is_saved(cli: Cli, repo: Repo, fake: Served, tmp_path: Path) -> None:
    """The folder is made, and stays empty."""
    repo.manifest("a")
    cli("apply", "-y", "--url", fake.url, "--backup", tmp_path / "x/y", code=0)
    assert list((tmp_path / "x/y").iterdir()) == []


def test_one_whose_graph_is_gone(two: Served, delete: Delete, tmp_path: Path) -> None:
    """It cannot be read by its id any more, but is listed: saved from there, then deleted."""
    two.server.remove_graph("writer")
    delete(two.url, "a", code=None)
    assert saved(tmp_path / "saved")["assistant"]["assistant_id"] == two.id("a")
    assert two.id("a") not in two.server.ids()
