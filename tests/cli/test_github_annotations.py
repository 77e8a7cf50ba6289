"""`github annotations`: what the documents of other jobs say is wrong, on the lines of a pull request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.render import json as documents
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served
from tests.render.one_text import one_text
from tests.render.tried_cases import TRIED

BAD_CONTEXT = "graph_id: writer\nname: a\ncontext: {tone: warm}\n"


def test_of_a_validation(cli: Cli, repo: Repo) -> None:
    """The same commands as `validate --format annotations` prints, from its JSON; it ends with 0."""
    repo.write("assistants/bad.yaml", BAD_CONTEXT)
    printed = cli("validate", "--format", "annotations", "--format", "json=found.json", code=1).out
    assert cli("github", "annotations", "found.json", code=0).out == printed != ""


def test_of_a_plan(cli: Cli, repo: Repo, fake: Served) -> None:
    """Warnings of a plan, on the line of the manifest."""
    repo.manifest("one")
    repo.manifest("two")
    cli("plan", "--url", fake.url, "--format", "json=plan.json", code=0)
    said = cli("github", "annotations", "plan.json", code=0).out
    assert said.startswith("::warning file=assistants/one.yaml,line=1,")


def test_what_is_refused_is_an_error(cli: Cli, repo: Repo, fake: Served) -> None:
    """An assistant that the live graph does not take: `refused` of the plan's document."""
    repo.manifest("tweet")
    cli("plan", "--url", fake.url, "--format", "json=plan.json", code=0)
    value: Any = json.loads((repo.root / "plan.json").read_text("utf-8"))
    refused = {"severity": "error", "code": "refused", "message": "no", "hint": "do", "column": 1, "key": "tweet"}
    value["refused"] = [refused | {"path": "assistants/tweet.yaml", "line": 3}]
    repo.write("plan.json", json.dumps(value))
    said = cli("github", "annotations", "plan.json", code=0).out
    assert said == "::error file=assistants/tweet.yaml,line=3,col=1,title=tweet%3A refused::no%0Ado\n"


def test_tries_that_did_not_go_well(cli: Cli, repo: Repo) -> None:
    """Each an error at the line of the try; what passed says nothing."""
    plan, tried = TRIED["tried-failed"]
    repo.write("plan.json", one_text(documents.plan(plan, tried=tried)))
    lines = cli("github", "annotations", "plan.json", code=0).out.splitlines()
    assert [line.partition(",title")[0] for line in lines] == [
        "::error file=assistants/writer/blog.tries.yaml,line=2"
    ] * 3
    assert lines[0].endswith(
        "try `names the limits` failed: does not contain `Limits:`; took 12.3 s, and 10 s are the most"
    )
    repo.write("plan.json", one_text(documents.plan(*TRIED["tried"][:1], tried=TRIED["tried"][1])))
    assert cli("github", "annotations", "plan.json", code=0).out == ""


def test_of_drift(cli: Cli, repo: Repo, fake: Served) -> None:
    """A document of drift is one too."""
    repo.manifest("tweet")
    cli("drift", "--url", fake.url, "--format", "json=drift.json", code=0)
    cli("github", "annotations", "drift.json", code=0)


def test_several_documents_share_the_limit(cli: Cli, repo: Repo) -> None:
    """What several say is said once, and ten of a kind leave one step, however many documents there are."""
    for number in range(12):
        repo.write(f"assistants/bad{number:02}.yaml", BAD_CONTEXT.replace("warm", f"warm{number}"))
    cli("validate", "--format", "json=one.json", code=1)
    cli("validate", "--format", "json=two.json", code=1)
    lines = cli("github", "annotations", "one.json", "two.json", code=0).out.splitlines()
    assert [line.startswith("::error file=assistants/bad") for line in lines] == [True] * 10 + [False]
    assert lines[-1].startswith("Not shown as annotations: 2 errors.")


def test_where_the_settings_stand(cli: Cli, repo: Repo) -> None:
    """-C names the folder of the settings: paths are told from the repository's top, even where these are broken."""
    gitops = Repo(repo.root / "gitops")
    gitops.write("assistants/bad.yaml", BAD_CONTEXT)
    repo.remove("reconciler.yaml")
    repo.commit()
    cli("validate", "-C", "gitops", "--format", "json=found.json", code=1)
    gitops.settings("owner: [")
    said = cli("github", "annotations", "-C", "gitops", "found.json", code=0).out
    assert said.startswith("::error file=gitops/assistants/bad.yaml,line=3,")
    assert cli("github", "annotations", "found.json", code=0).out.startswith("::error file=assistants/bad.yaml,")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"counts": {}}', '{"drift": []}', '{"changes": []}', "\ufeff{}"])
def test_what_is_no_document(cli: Cli, repo: Repo, content: str) -> None:
    """Refused by name, and nothing is printed that a runner would read."""
    repo.write("found.json", content)
    ran = cli("github", "annotations", "found.json", code=1)
    assert ran.out == ""
    assert "found.json is not the JSON of plan, apply, drift or validate" in ran.message


def test_a_file_that_is_not_there(cli: Cli, repo: Repo) -> None:
    """It says which; and without any file there is nothing to do."""
    assert "cannot read none.json" in cli("github", "annotations", "none.json", code=1).message
    assert "Missing argument" in cli("github", "annotations", code=1).message
