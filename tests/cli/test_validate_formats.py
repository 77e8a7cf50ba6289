"""`validate --format`: as JSON for programs, as annotations for a pull request, as text for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.render.schema import schema
from tests.cli.conftest import Cli
from tests.cli.places import Repo

SCHEMA = Draft202012Validator(schema("validate"))
PROMPT_WITH_A_SECRET = "Write well.\n\nNever say lsv2_pt_0123456789abcdef0123456789abcdef_0123456789 to anyone.\n"


def read(text: str) -> Any:
    """The document, as the published schema has it."""
    value = json.loads(text)
    SCHEMA.validate(value)
    return value


def broken(repo: Repo) -> None:
    """A manifest with an error, and a prompt with one on its third line."""
    repo.write("assistants/bad.yaml", "graph_id: writer\nname: a\ncontext: {tone: warm}\n")
    repo.write("assistants/prompts/tweet.md", PROMPT_WITH_A_SECRET)
    repo.write(
        "assistants/tweet.yaml", "graph_id: writer\nname: t\ncontext:\n  system_prompt: !file prompts/tweet.md\n"
    )


def test_the_schema_is_one() -> None:
    """The published schema is valid itself, names no host, and every object of it is closed."""
    published: Any = schema("validate")
    Draft202012Validator.check_schema(published)
    assert published["$id"].startswith("urn:")
    objects = [published, published["properties"]["counts"], published["$defs"]["diagnostic"]]
    assert all(one["additionalProperties"] is False for one in objects)
    assert all(set(one["required"]) == set(one["properties"]) for one in objects)


def test_text_is_what_it_was(cli: Cli, repo: Repo) -> None:
    """Without --format everything is on stderr, and stdout is empty."""
    broken(repo)
    ran = cli("validate", code=1)
    assert ran.out == ""
    assert "assistants/bad.yaml:3:11:" in ran.err
    assert cli("validate", "--format", "text", code=1) == ran


def test_json(cli: Cli, repo: Repo) -> None:
    """The document is on stdout; stderr has the count and nothing else."""
    broken(repo)
    ran = cli("validate", "--format", "json", code=1)
    said = read(ran.out)
    assert said["valid"] is False
    assert said["counts"] == {"assistants": 2, "errors": 2, "warnings": 0, "notes": 0}
    places = [(one["path"], one["line"], one["severity"]) for one in said["diagnostics"]]
    assert places == [("assistants/bad.yaml", 3, "error"), ("assistants/prompts/tweet.md", 3, "error")]
    assert ran.err == "2 errors\nreconciler: error\n"


def test_json_of_what_is_right(cli: Cli, repo: Repo) -> None:
    """Valid, counted, and exit code 0; a warning with --strict is counted as what it is, and not valid."""
    repo.manifest("tweet")
    assert read(cli("validate", "--format", "json", code=0).out)["valid"] is True
    repo.manifest("same")
    loose = read(cli("validate", "--format", "json", code=0).out)
    strict = read(cli("validate", "--strict", "--format", "json", code=1).out)
    assert (loose["valid"], strict["valid"]) == (True, False)
    assert loose["counts"] == strict["counts"] == {"assistants": 2, "errors": 0, "warnings": 1, "notes": 0}


def test_annotations_on_the_lines(cli: Cli, repo: Repo) -> None:
    """The line of the manifest, and the line of the prompt where the fault is there."""
    broken(repo)
    lines = cli("validate", "--format", "annotations", code=1).out.splitlines()
    assert [line.split(",title=")[0] for line in lines] == [
        "::error file=assistants/bad.yaml,line=3,col=11",
        "::error file=assistants/prompts/tweet.md,line=3,col=11",
    ]


def test_nothing_to_annotate(cli: Cli, repo: Repo) -> None:
    """Where all is right the log gets no line, not even an empty one, and a file is empty."""
    repo.manifest("tweet")
    assert cli("validate", "--format", "annotations", "--format", "annotations=found.txt", code=0).out == ""
    assert (repo.root / "found.txt").read_bytes() == b""


def test_paths_are_from_the_top_of_the_repository(
    cli: Cli, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings in a folder of the repository: annotations name files as GitHub does, the JSON as the settings do."""
    gitops = Repo(repo.root / "gitops")
    broken(gitops)
    repo.commit()
    said = cli("validate", "-C", "gitops", "--format", "annotations", "--format", "json=found.json", code=1)
    assert said.out.startswith("::error file=gitops/assistants/bad.yaml,line=3,")
    found = read((repo.root / "found.json").read_text("utf-8"))
    assert found["diagnostics"][0]["path"] == "assistants/bad.yaml"


def test_all_at_once(cli: Cli, repo: Repo) -> None:
    """Text for the log, annotations for the pull request, JSON and text for a file, from one run."""
    broken(repo)
    ran = cli(
        *("validate", "--format", "text", "--format", "annotations"),
        *("--format", "json=found.json", "--format", "text=found.txt"),
        code=1,
    )
    assert ran.out.count("::error") == 2
    assert "assistants/bad.yaml:3:11:" in ran.err
    assert "::error" not in ran.err
    assert (repo.root / "found.txt").read_text("utf-8").startswith("assistants/bad.yaml:3:11:")
    assert read((repo.root / "found.json").read_text("utf-8"))["counts"]["errors"] == 2


def test_settings_that_cannot_be_read(cli: Cli, repo: Repo) -> None:
    """A document is written all the same: who waits for it learns what is wrong, on the line of the settings."""
    repo.settings("owner: acme", "colour: red")
    ran = cli("validate", "--format", "annotations", "--format", "json=found.json", code=1)
    assert ran.out.startswith("::error file=reconciler.yaml,line=2,col=1,")
    assert "field `colour` is not known" in ran.message
    said = read((repo.root / "found.json").read_text("utf-8"))
    assert (said["valid"], said["counts"]["errors"], said["counts"]["assistants"]) == (False, 1, 0)


def test_no_settings_at_all(cli: Cli, repo: Repo) -> None:
    """That is said in the document too, once, and once on stderr."""
    repo.remove("reconciler.yaml")
    ran = cli("validate", "--format", "json", code=1)
    said = read(ran.out)
    assert [one["code"] for one in said["diagnostics"]] == ["settings"]
    assert ran.err.count("no reconciler.yaml in") == 1
    assert cli("validate", "--format", "text", code=1).err.count("no reconciler.yaml in") == 1


def test_a_deployment_that_is_not_listed(cli: Cli, repo: Repo) -> None:
    """A wrong command line is an error like others, with what to do."""
    ran = cli("validate", "-d", "nowhere", "--format", "json", code=1)
    found = read(ran.out)["diagnostics"]
    assert [one["code"] for one in found] == ["usage"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "markdown"), "--format markdown: write one of text, json, annotations, or KIND=FILE"),
        (("--format", "json="), "--format json=: write one of text"),
        (("--format", "json", "--format", "annotations"), "two formats cannot both go to the terminal"),
        (("--format", "json=none/found.json"), "there is no folder none"),
    ],
)
def test_formats_that_cannot_be(cli: Cli, repo: Repo, words: tuple[str, ...], said: str) -> None:
    """Each is refused with what to write instead."""
    assert said in cli("validate", *words, code=1).message


def test_hostile_texts_give_no_command(cli: Cli, repo: Repo) -> None:
    """A prompt's, a name's or a file's text never begins a workflow command of its own, in any format."""
    repo.write("assistants/bad.yaml", 'graph_id: writer\nname: a\ncontext: {"\\n::add-mask::x\\r##[group]": 1}\n')
    ran = cli("validate", "--format", "text", "--format", "annotations", "--format", "json=found.json", code=1)
    for line in (ran.out + ran.err + (repo.root / "found.json").read_text("utf-8")).replace("\r", "\n").split("\n"):
        assert not line.lstrip().startswith("::") or line.startswith("::error file=assistants/bad.yaml,")
        assert "##[" not in line
