"""What `init` writes for GitHub and GitLab: fields filled, the address of the action, notes of what to set up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app.init.ci import GITHUB, GITLAB, Kind, Reached, Targets, files, kind_of, notes, path_of, reached
from reconciler.app.init.place import Place
from reconciler.app.init.tool import Tool
from reconciler.repo.settings import DeploymentSettings

COMMIT = "0123456789" * 4
TOOL = Tool(spec=f"assistants-reconciler @ git+https://github.com/acme/tool@{COMMIT}")
ACTION = f"acme/tool/.github/actions/reconcile@{COMMIT}"
LIVE = Reached(name="live", variables=("RECONCILER_API_KEY",))
TWO = Targets(reached=(LIVE, Reached(name="staging", variables=("STAGING_API_KEY",))), left_out=("local", "box"))


def place(prefix: str = "", remote: tuple[str, str] | None = None) -> Place:
    return Place(folder=Path("/r") / prefix, top=Path("/r"), prefix=prefix, remote=remote, branch="trunk")


def written(kind: Kind, to: Targets = TWO, prefix: str = "") -> dict[str, str]:
    return {one.path: one.content.decode() for one in files(kind, place(prefix), TOOL, to)}


def parsed(text: str) -> Any:
    return yaml.safe_load(text)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize("to", [Targets(), TWO, Targets(reached=(Reached(name="live", variables=()),))])
def test_every_field_is_filled(kind: Kind, to: Targets) -> None:
    """Nothing of a template is left, with deployments and without, with keys and without."""
    found = written(kind, to, "gitops/")
    assert len(found) == (len(GITHUB) if kind == "github" else 1)
    for text in found.values():
        assert not re.search(r"@\{[a-z]", text)
        assert parsed(text)
        assert "gitops" in text
        assert "\n\n\n" not in text


def test_what_ci_cannot_reach() -> None:
    """A deployment at an address of one machine is left out, by name; its variables are in no job."""
    for name in ("plan", "apply", "drift"):
        assert written("github")[path_of(name)].count("except: local box") == 1
    assert "except:" not in written("github", Targets(reached=(LIVE,)))[path_of("plan")]


@pytest.mark.parametrize(
    ("spec", "host", "uses"),
    [
        (TOOL.spec, None, ACTION),
        (TOOL.spec, "github.com", ACTION),
        ("x @ git+https://github.com/acme/tool.git@v1", None, "acme/tool/.github/actions/reconcile@v1"),
        ("x @ git+https://github.acme.example/a/t@v1", "github.acme.example", "a/t/.github/actions/reconcile@v1"),
        ("x @ git+https://github.acme.example/a/t@v1", "github.com", None),
        ("x @ git+https://gitlab.com/acme/tool@v1", None, None),
        (f"{TOOL.spec}#subdirectory=py", None, None),
        ("assistants-reconciler==1.2.3", None, None),
        ("x @ git+https://github.com/acme/tool", None, None),
    ],
)
def test_where_the_action_is(spec: str, host: str | None, uses: str | None) -> None:
    """The tool's own repository at its commit. Where that is not known, or not there, a name that no account can have,
    and a note."""
    tool = Tool(spec=spec)
    assert tool.action(host) == uses
    found = files("github", place(remote=(host, "a/b") if host else None), tool, TWO)[0].content.decode()
    used = {one for one in re.findall(r"uses: (\S+)", found) if not one.startswith("actions/")}
    assert used == {uses or "OWNER.FILL.IN/REPOSITORY/.github/actions/reconcile@COMMIT"}
    said = "\n".join(notes("github", None, place(remote=(host, "a/b") if host else None), tool, TWO, ["x"]))
    assert ("OWNER.FILL.IN" in said) is (uses is None)


def test_notes_name_what_to_set_up() -> None:
    """Environments with their secrets, in order, and the check to require."""
    said = list(notes("github", None, place(), TOOL, TWO, ["x"]))
    assert said == [
        "CI needs the environments `live-plan` and `live` of the repository, each with RECONCILER_API_KEY as secret",
        "CI needs the environments `staging-plan` and `staging` of the repository, each with STAGING_API_KEY as secret",
        "`Verdict` is the check to require of pull requests",
    ]
    assert list(notes("github", None, place(), TOOL, Targets(), ["x"])) == [
        "CI plans and applies once reconciler.yaml lists a deployment that it can reach"
    ]
    assert list(notes("github", None, place(), TOOL, TWO, [])) == []


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
    assert parsed(written("gitlab", Targets())[GITLAB])["variables"]["DEPLOYMENT"] == ""
    assert written("none") == {}


def test_gitlab_takes_the_settings_of_the_target() -> None:
    """A merge request does not say itself where the key goes; a fork's gets the plan that needs none."""
    ci = parsed(written("gitlab")[GITLAB])
    plan = "\n".join(ci["plan"]["script"])
    assert '--settings-from "$CI_MERGE_REQUEST_DIFF_BASE_SHA"' in plan
    assert '--base "$BEFORE"' in plan
    offline = "\n".join(ci["offline"]["script"])
    assert "--offline" in offline
    assert "--base" in offline
    for job in ("validate", "offline"):
        assert ci[job]["rules"][0] == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}


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
