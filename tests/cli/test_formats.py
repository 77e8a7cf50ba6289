"""Where output goes, in which form, and what happens where it cannot go there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import ROOT, Cli, Serve, Start, Terminal
from tests.cli.places import Repo, Served
from tests.fake import FakeServer

Open = Callable[..., Terminal]


def test_text_and_files(cli: Cli, repo: Repo, fake: Served) -> None:
    """Text on stdout, JSON and Markdown in files, from one run."""
    repo.manifest("tweet")
    ran = cli(
        *("apply", "-y", "--url", fake.url, "--format", "text"),
        *("--format", "json=report.json", "--format", "markdown=report.md"),
        code=0,
    )
    assert "create tweet" in ran.out
    said = json.loads((repo.root / "report.json").read_text("utf-8"))
    assert said["changes"][0]["outcome"] == "applied"
    assert "tweet" in (repo.root / "report.md").read_text("utf-8")


@pytest.mark.parametrize("command", [("plan",), ("apply", "-y")])
def test_json_is_as_published(cli: Cli, repo: Repo, fake: Served, command: tuple[str, ...]) -> None:
    """What is printed fits the published JSON Schema."""
    repo.manifest("tweet")
    said = json.loads(cli(*command, "--url", fake.url, "--format", "json", code=0).out)
    jsonschema.Draft202012Validator(rendered.schema()).validate(said)
    assert said["format_version"] == "1.2"
    assert said["deployment"] == {"name": None, "url": fake.url}


def test_only_the_file(cli: Cli, repo: Repo, fake: Served) -> None:
    """With a file alone nothing goes to stdout."""
    repo.manifest("tweet")
    assert cli("plan", "--url", fake.url, "--format", "json=plan.json", code=0).out == ""
    assert json.loads((repo.root / "plan.json").read_text("utf-8"))["summary"]["create"] == 1


def test_two_formats_on_stdout(cli: Cli, repo: Repo, fake: Served) -> None:
    """A usage error that shows how one goes to a file."""
    repo.manifest("tweet")
    ran = cli("plan", "--url", fake.url, "--format", "json", "--format", "text", code=1)
    assert "two formats cannot both go to the terminal --format json=FILE writes a file" in ran.message
    assert fake.server.log == []


def test_a_file_that_cannot_be_written(cli: Cli, repo: Repo, fake: Served) -> None:
    """It is said before anything is sent: an apply without its report would be worse."""
    repo.manifest("tweet")
    for target, words in (("no/such/report.json", "mkdir -p no/such"), ("assistants", "it is a folder")):
        ran = cli("apply", "-y", "--url", fake.url, "--format", f"json={target}", code=1)
        assert f"cannot write {target}" in ran.message
        assert words in ran.message
    assert fake.server.log == []


def test_a_report_that_is_lost_after_the_writes(
    cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is still proven; that the file is missing is an error, and the code is that of after a write."""
    repo.manifest("tweet")
    (repo.root / "out").mkdir()
    opened = Path.open

    def full(path: Path, *words: Any, **more: Any) -> Any:
        if path.name == "report.json":
            raise OSError(28, "No space left on device")
        return opened(path, *words, **more)

    monkeypatch.setattr(Path, "open", full)
    ran = cli("apply", "-y", "--url", fake.url, "--format", "json=out/report.json", "--format", "text", code=5)
    assert "cannot write out/report.json: No space left on device" in ran.message
    assert "tweet: created" in ran.out


def test_stdout_is_80_columns_wide(cli: Cli, serve: Serve, repository_schemas: dict[str, Any]) -> None:
    """No line of the plan of this repository's own manifests is longer in a pipe."""
    served = serve(FakeServer(graphs=repository_schemas))
    for words in (("plan",), ("plan", "-v"), ("apply", "-y"), ("apply", "-y", "-v")):
        ran = cli(*words, "-C", ROOT, "--url", served.url, code=0)
        assert ran.out
        assert max(len(line) for line in ran.out.splitlines()) <= 80


def shell(line: str, repo: Repo) -> subprocess.CompletedProcess[str]:
    """A line of bash in the repository, `reconciler` being this one."""
    whole = f'reconciler() {{ "{sys.executable}" -m reconciler "$@"; }}\n{line}'
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", whole], cwd=repo.root, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_reader_that_is_gone(repo: Repo, fake: Served) -> None:
    """`| head -1` gives no traceback, and the exit code is the run's own."""
    for number in range(20):
        repo.manifest(f"a{number}", "\n".join(f"Line {line} of {number}." for line in range(400)))
    done = shell(f"reconciler plan -v --detailed-exitcode --url {fake.url} | head -1; echo ${{PIPESTATUS[0]}}", repo)
    assert done.stdout == f"Deployment at {fake.url}\n2\n"
    assert done.stderr.endswith("reconciler: changes\n")
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_an_apply_whose_readers_are_gone(repo: Repo, fake: Served) -> None:
    """What it was told to write is written, though nobody listens any more."""
    for number in range(20):
        repo.manifest(f"a{number}")
    done = shell(f"reconciler apply -y --url {fake.url} 2>&1 | true; echo ${{PIPESTATUS[0]}}", repo)
    assert done.stdout == "0\n"
    assert len(fake.writes) == 20


def test_streams_that_are_closed_or_full(repo: Repo, fake: Served) -> None:
    """A closed stdout is nobody listening; a full disk is an error, before the first write."""
    repo.manifest("tweet")
    done = shell(f"reconciler plan --url {fake.url} >&- 2>err; echo $?; cat err", repo)
    assert done.stdout == "0\nreconciler: done\n"
    done = shell(f"reconciler plan --url {fake.url} 2>&- <&-", repo)
    assert (done.returncode, done.stderr) == (0, "")
    assert "create tweet" in done.stdout
    if Path("/dev/full").exists():
        done = shell(f"reconciler apply -y --url {fake.url} >/dev/full", repo)
        assert done.returncode == 1
        assert done.stderr == "error: cannot write to standard output: No space left on device\nreconciler: error\n"
        assert fake.writes == []
        done = shell("reconciler --help >/dev/full", repo)
        assert (done.returncode, done.stderr) == (
            1,
            "error: cannot write: No space left on device\nreconciler: error\n",
        )


def test_an_encoding_that_lacks_characters(repo: Repo, fake: Served) -> None:
    """A prompt in another script is no crash on a terminal that cannot show it."""
    repo.manifest("tweet", "Schreib gut – 書いて 🙂")
    done = shell(f"PYTHONIOENCODING=ascii reconciler plan --url {fake.url}", repo)
    assert done.returncode == 0, done.stderr
    assert "Schreib gut" in done.stdout


@pytest.mark.parametrize(
    ("variables", "coloured"), [("", True), ("NO_COLOR=1", False), ("TERM=dumb", False), ("NO_COLOR=", True)]
)
def test_colour(repo: Repo, fake: Served, terminal: Open, variables: str, coloured: bool) -> None:
    """On a terminal, unless NO_COLOR or a dumb terminal says otherwise; never in a pipe."""
    repo.manifest("tweet")
    name, _, value = variables.partition("=")
    shown = terminal("plan", "--url", fake.url, environ={name: value} if name else {})
    assert shown.end() == 0
    assert ("\x1b[" in shown.shown) is coloured


def test_no_colour_in_a_pipe(repo: Repo, fake: Served, start: Start) -> None:
    """Nothing but text."""
    repo.manifest("tweet")
    assert "\x1b" not in start("plan", "--url", fake.url).end().said


def test_a_hostile_server_steers_no_terminal(cli: Cli, repo: Repo, fake: Served) -> None:
    """Names and values from a server are escaped wherever they are shown."""
    evil = "\x1b]0;owned\x07\x1b[2J\u202eetalpmet\r\n::error::x"
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.patch(fake.id("tweet"), name=evil, description=evil, context={"system_prompt": evil, evil[:9]: evil})
    for words in (("plan", "-v"), ("apply", "-y", "-v", "--on-drift", "hold")):
        ran = cli(*words, "--url", fake.url, code=0)
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(ran.said)
        assert "\n::error" not in ran.said
