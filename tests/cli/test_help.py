"""Help: quick, and enough to go on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler import __version__
from tests.cli.conftest import ROOT, Cli

COMMANDS = [(), ("validate",), ("plan",), ("apply",), ("schemas",), ("schemas", "pull"), ("schemas", "check")]
COMMANDS += [("drift",), ("list",), ("history",), ("rollback",), ("pull",), ("import",), ("show",), ("deployments",)]
COMMANDS += [("init",), ("new",), ("schemas", "editor"), ("try",)]
HEAVY = ("httpx2", "jsonschema", "deepdiff", "yaml", "stamina", "packaging", "langgraph")


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("apply", "--help"), ("sandbox", "--help"), ("try", "--help")]
)
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    """Neither HTTP nor validation nor diffs are loaded to print a help text."""
    code = (
        "import sys\nfrom reconciler.cli.main import run\n"
        f"assert run({list(words)!r}) == 0\n"
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("words", [*COMMANDS, ("sandbox",)])
def test_help_reads_well(cli: Cli, words: tuple[str, ...]) -> None:
    """Usage, a sentence that says what it does, an explanation of each option; nothing is cut off."""
    said = cli(*words, "--help", code=0).out
    assert said.startswith("Usage: reconciler")
    assert max(len(line) for line in said.splitlines()) <= 80
    assert "..." not in said.partition("Commands:")[2]
    options = [line for line in said.partition("Options:")[2].splitlines() if line.startswith("  -")]
    assert options
    sentence = said.splitlines()[2].strip()
    assert sentence[0].isupper()


@pytest.mark.parametrize("words", COMMANDS)
def test_both_spellings(cli: Cli, words: tuple[str, ...]) -> None:
    """-h is --help."""
    assert cli(*words, "-h", code=0).out == cli(*words, "--help", code=0).out


def test_the_exit_codes_are_in_the_help(cli: Cli) -> None:
    """Whoever writes a workflow finds them without reading the code."""
    said = " ".join(cli("--help", code=0).out.split())
    assert "0 done, 1 error, 2 changes (with --detailed-exitcode), 3 blocked, 4 stale, 5 incomplete, 6 unknown" in said


def test_version(cli: Cli) -> None:
    """The version of the package."""
    assert cli("--version", code=0).out == f"reconciler, version {__version__}\n"


def test_a_mistake_of_ours_is_said_as_that(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody foresaw is one message, without the values that a traceback might show."""
    from unittest.mock import patch

    from reconciler.cli.main import run

    with patch("reconciler.app.source.open_repository", side_effect=KeyError("lsv2_pt_secret")):
        assert run(["validate"]) == 1
    said = capsys.readouterr().err
    assert f"error: a mistake in reconciler {__version__} itself: KeyError in validate.py, line " in said
    assert "please report it" in said
    assert "lsv2" not in said
    assert said.endswith("reconciler: error\n")
