"""The workflows that `init` writes, as parsed files: what act and the linters do not look at."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app.init.ci import DEPLOY, GITLAB, VALIDATE, Kind, Reached, files, kind_of, reached
from reconciler.app.init.place import Place
from reconciler.app.init.tool import Tool
from reconciler.repo.settings import DeploymentSettings

ROOT = Path(__file__).resolve().parents[2]
TOOL = Tool(spec='assistants-reconciler==1.2.3; python_version > "3"'.replace('"', ""))
LIVE = Reached(name="live", variables=("RECONCILER_API_KEY",))


def place(prefix: str = "", remote: tuple[str, str] | None = None) -> Place:
    return Place(folder=Path("/r") / prefix, top=Path("/r"), prefix=prefix, remote=remote, branch="trunk")


def written(kind: Kind, to: Reached | None = LIVE, prefix: str = "") -> dict[str, str]:
    return {one.path: one.content.decode() for one in files(kind, place(prefix), TOOL, to)}


def parsed(text: str) -> Any:
    loaded = yaml.safe_load(text)
    return loaded | {"on": loaded[True]} if True in loaded else loaded  # YAML 1.1 takes `on` for true


@pytest.fixture
def deploy() -> Any:
    return parsed(written("github")[DEPLOY])


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize("to", [None, LIVE, Reached(name="live", variables=())])
def test_every_field_is_filled(kind: Kind, to: Reached | None) -> None:
    """Nothing of a template is left, with a deployment and without, with a key and without."""
    for text in written(kind, to, "gitops/").values():
        assert "@{" not in text
        assert parsed(text)
        assert text.count("reconciler ") == text.count("reconciler validate -C gitops") + text.count(
            "reconciler plan -C gitops"
        ) + text.count("reconciler apply -C gitops")


def test_nothing_is_granted() -> None:
    """Permissions are empty on top; each job may read the contents and nothing else."""
    for text in written("github").values():
        workflow = parsed(text)
        assert workflow["permissions"] == {}
        assert all(job["permissions"] == {"contents": "read"} for job in workflow["jobs"].values())
        assert "pull_request_target" not in workflow["on"]


def test_actions_are_pinned() -> None:
    """By a whole commit with the version beside it; those that this repository uses itself, as it uses them."""
    ours = set(re.findall(r"uses: (.+)", (ROOT / ".github/workflows/ci.yml").read_text("utf-8")))
    names = {one.partition("@")[0] for one in ours}
    for text in written("github").values():
        for used in re.findall(r"uses: (.+)", text):
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)
            assert used in ours or used.partition("@")[0] not in names


def test_validate_has_no_key() -> None:
    """It runs for every pull request, a fork's too."""
    text = written("github")[VALIDATE]
    assert "secrets" not in text
    assert parsed(text)["on"] == {"push": {"branches": ["trunk"]}, "pull_request": None}


def test_without_a_deployment_there_is_nothing_to_deploy() -> None:
    """Then only the workflow that validates is written; GitLab's plans once the name is put in."""
    assert list(written("github", None)) == [VALIDATE]
    assert parsed(written("gitlab", None)[GITLAB])["variables"]["DEPLOYMENT"] == ""
    assert written("none") == {}


def test_the_key_is_in_two_steps_only(deploy: Any) -> None:
    """Neither the job nor the steps that install have it; what runs with it is `reconciler` alone."""
    for name, job in deploy["jobs"].items():
        assert "env" not in job
        keyed = [step for step in job["steps"] if "secrets." in str(step)]
        assert [step["name"] for step in keyed] == [name.capitalize()]
        assert keyed[0]["env"] == {"RECONCILER_API_KEY": "${{ secrets.RECONCILER_API_KEY }}"}


def test_a_fork_gets_no_key(deploy: Any) -> None:
    """Its pull request is not planned, and no pull request is applied."""
    assert "github.event.pull_request.head.repo.full_name == github.repository" in deploy["jobs"]["plan"]["if"]
    assert deploy["jobs"]["apply"]["if"].startswith("github.event_name == 'push'")


def test_environments_and_order(deploy: Any) -> None:
    """Planning has an environment of its own; apply waits for the plan, one at a time, never stopped in the middle."""
    plan, apply = deploy["jobs"]["plan"], deploy["jobs"]["apply"]
    assert (plan["environment"], apply["environment"]) == ("live-plan", "live")
    assert apply["needs"] == "plan"
    assert apply["concurrency"] == {"group": "${{ github.workflow }}-apply-live", "cancel-in-progress": False}
    for job in (plan, apply):
        assert job["steps"][0]["with"] == {"fetch-depth": 0, "persist-credentials": False}


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_nothing_foreign_is_expanded_in_a_script(kind: Kind) -> None:
    """Scripts hold no expression: what others write, as a branch's name, reaches them in variables only."""
    for text in written(kind).values():
        jobs = parsed(text).get("jobs", {})
        for step in (step for job in jobs.values() for step in job["steps"]):
            assert "${{" not in step.get("run", "")


def test_gitlab_plans_before_the_gate() -> None:
    """Full history; apply is started by hand, on the branch alone, with the plan that was shown."""
    ci = parsed(written("gitlab")[GITLAB])
    assert ci["variables"]["GIT_DEPTH"] == "0"
    assert ci["stages"] == ["validate", "plan", "apply"]
    assert ci["apply"]["needs"] == ["plan"]
    assert ci["apply"]["rules"] == [
        {"if": '$DEPLOYMENT == ""', "when": "never"},
        {"if": '$CI_COMMIT_BRANCH == "trunk"', "when": "manual"},
    ]
    assert ci["apply"]["resource_group"] == ci["apply"]["environment"] == "$DEPLOYMENT"
    (file,) = (path for path in ci["plan"]["artifacts"]["paths"] if path.endswith(".json"))
    assert f'--out "$CI_PROJECT_DIR/{file}"' in ci["plan"]["script"][-1]
    assert f'"$CI_PROJECT_DIR/{file}"' in ci["apply"]["script"][-1]
    assert any("CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"] for rule in ci["plan"]["rules"])


@pytest.mark.parametrize(
    ("remote", "kind"),
    [
        (None, "github"),
        (("github.com", "a/b"), "github"),
        (("github.acme.example", "a/b"), "github"),
        (("gitlab.com", "a/b/c"), "gitlab"),
        (("git.acme.example", "a/b"), "none"),
    ],
)
def test_where_it_is_kept(remote: tuple[str, str] | None, kind: Kind) -> None:
    """The remote's host decides; without a remote it is GitHub."""
    assert kind_of(place(remote=remote)) == kind


def test_the_variables_of_a_deployment() -> None:
    """The one that holds the key, and those of address and headers; none where the settings say so."""
    headers = {"X-Tenant": "${RECONCILER_TENANT}", "Authorization": "Bearer ${RECONCILER_TOKEN}"}
    one = DeploymentSettings(name="live", url="https://${RECONCILER_HOST}", api_key_names=("LIVE_API_KEY",))
    assert reached(one).variables == ("LIVE_API_KEY", "RECONCILER_HOST")
    two = DeploymentSettings(name="live", url="https://x.example", api_key_names=(), headers=headers)
    assert reached(two).variables == ("RECONCILER_TENANT", "RECONCILER_TOKEN")
    assert reached(DeploymentSettings(name="live", url="https://x.example")).variables == ("RECONCILER_API_KEY",)
