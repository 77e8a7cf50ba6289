"""What docs/github.md says of the workflows is what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from reconciler.app.github import document, outputs
from reconciler.render import json
from tests.render.cases import PLANS

TOP = Path(__file__).resolve().parents[1]
PAGE = (TOP / "docs/github.md").read_text("utf-8")
WORKFLOWS = ("plan", "apply", "drift", "rollback")

Row = tuple[str, str, frozenset[str], str]


def jobs(workflow: str) -> list[Row]:
    """Each job of a template: workflow, its name without what is filled in, permissions, environment."""
    text = (TOP / f"reconciler/templates/github/{workflow}.yml").read_text("utf-8")
    text = re.sub(r"^\s*@\{\w+\}\s*$", "", text, flags=re.MULTILINE)
    parsed: Any = yaml.safe_load(re.sub(r"@\{(\w+)\}", r"\1", text))
    found: list[Row] = []
    for job in parsed["jobs"].values():
        name = re.sub(r"( (of|from|for|in))? \$\{\{.*", "", job["name"])
        permissions = frozenset(f"{scope}: {level}" for scope, level in job["permissions"].items())
        environment = re.sub(r"\$\{\{.*?\}\}", "<deployment>", job.get("environment", "none"))
        found.append((workflow, name, permissions, environment))
    assert parsed["permissions"] == {}
    return found


def told() -> list[Row]:
    """The same, as the page has it: a workflow's name stands in its first row only."""
    found: list[Row] = []
    workflow = ""
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1] not in ("job", "---"):
            workflow = cells[0] or workflow
            permissions = frozenset(re.findall(r"`([^`]+)`", cells[3]))
            found.append((workflow, cells[1], permissions, cells[4].strip("`")))
    return found


def test_the_table_of_jobs_is_the_workflows() -> None:
    """Each job with its permissions and its environment, in order; none is left out."""
    assert told() == [row for workflow in WORKFLOWS for row in jobs(workflow)]


def test_the_outputs_are_those_of_the_action() -> None:
    """The page names what the action hands on of a plan, and that is what the command writes."""
    section = PAGE.partition("The outputs of `plan`: ")[2].partition("\n\n")[0]
    said = set(re.findall(r"`([a-z-]+)` \(|`([a-z-]+)`[,.]|and\s+`([a-z-]+)`", section))
    names = {name for found in said for name in found if name}
    action: Any = yaml.safe_load((TOP / ".github/actions/reconcile/action.yml").read_text("utf-8"))
    assert names == action["outputs"].keys() - {"deployments"}
    for name in ("changes", "blocked"):
        assert "true or false" in action["outputs"][name]["description"]
    assert names <= {*outputs.of(document.parse(json.document(PLANS["prompt"]))), "plan-file"}


def test_every_heading_that_is_linked_is_there() -> None:
    """The list at the top, and the links within, lead to headings of the page."""
    headings = {
        re.sub(r"[^a-z -]", "", line.lower()).strip().replace(" ", "-")
        for line in PAGE.splitlines()
        if line[:2] == "##"
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings
