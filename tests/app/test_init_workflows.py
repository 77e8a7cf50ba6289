"""The workflows that `init` writes, and those of this repository, parsed: what act and the linters do not see."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app.init.ci import GITHUB, Reached, Targets, files, path_of
from reconciler.app.init.place import Place
from reconciler.app.init.tool import Tool
from tests.workflows import rendered

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "0123456789" * 4
TOOL = Tool(spec=f"assistants-reconciler @ git+https://github.com/acme/tool@{COMMIT}")
ACTION = f"acme/tool/.github/actions/reconcile@{COMMIT}"
LIVE = Reached(name="live", variables=("RECONCILER_API_KEY",))
TWO = Targets(reached=(LIVE, Reached(name="staging", variables=("STAGING_API_KEY",))), left_out=("local", "box"))

RESULTS = 'test "$VALIDATED" = success\ntest "$PLAN" = success || test "$PLAN" = skipped\n'
"""The only script of a workflow: it looks at how the other jobs ended."""

KEYED = {("plan", "plan"), ("apply", "plan"), ("apply", "apply"), ("drift", "drift"), ("drift", "take")} | {
    ("rollback", "history"),
    ("rollback", "rollback"),
}
"""The jobs that have a key."""

PERMISSIONS = {
    ("plan", "validate"): {"contents": "read"},
    ("plan", "plan"): {"contents": "read"},
    ("plan", "verdict"): {"pull-requests": "write"},
    ("apply", "deployments"): {"contents": "read"},
    ("apply", "plan"): {"contents": "read"},
    ("apply", "compare"): {"contents": "read", "pull-requests": "write"},
    ("apply", "apply"): {"contents": "read", "pull-requests": "write"},
    ("drift", "deployments"): {"contents": "read"},
    ("drift", "drift"): {"contents": "read", "issues": "write"},
    ("drift", "take"): {"contents": "read"},
    ("drift", "propose"): {"contents": "write", "pull-requests": "write"},
    ("rollback", "history"): {"contents": "read"},
    ("rollback", "rollback"): {"contents": "read"},
}


def written() -> dict[str, str]:
    place = Place(folder=Path("/r"), top=Path("/r"), branch="trunk")
    return {one.path: one.content.decode() for one in files("github", place, TOOL, TWO)}


def parsed(text: str) -> Any:
    loaded = yaml.safe_load(text)
    return loaded | {"on": loaded[True]} if True in loaded else loaded  # YAML 1.1 takes `on` for true


SHIPPED = {name: written()[path_of(name)] for name in GITHUB}
OURS = {path.stem: content.decode() for path, content in rendered().items() if path.parts[0] == ".github"}
BOTH = pytest.mark.parametrize("texts", [SHIPPED, OURS], ids=["written", "ours"])


def jobs(texts: dict[str, str]) -> Iterator[tuple[tuple[str, str], Any]]:
    for name, text in texts.items():
        for job, content in parsed(text)["jobs"].items():
            yield (name, job), content


def secret(thing: Any) -> bool:
    return re.search(r"\bsecrets\b", str(thing)) is not None


def test_ours_are_the_templates() -> None:
    """The workflows of this repository are the templates, filled in: python -m tests.workflows writes them."""
    for path, content in rendered().items():
        assert (ROOT / path).read_bytes() == content, path


@BOTH
def test_permissions(texts: dict[str, str]) -> None:
    """Nothing on top; each job has what its table row says. Ours may read the contents where the action is."""
    for text in texts.values():
        assert parsed(text)["permissions"] == {}
    for which, job in jobs(texts):
        granted = job["permissions"]
        if texts is OURS and "contents" not in PERMISSIONS[which]:
            assert granted.pop("contents") == "read"
        assert granted == PERMISSIONS[which], which
    assert {which for which, _ in jobs(texts)} == set(PERMISSIONS)


@BOTH
def test_triggers(texts: dict[str, str]) -> None:
    """No path filters, for a required check has to run; nothing writes because somebody outside asks. A pull request to
    a branch that anybody may push is not planned: that branch would say where the key goes."""
    on = {name: parsed(text)["on"] for name, text in texts.items()}
    branches = {"branches": ["main" if texts is OURS else "trunk"]}
    assert on["plan"] == {"pull_request": branches, "merge_group": None}
    assert on["apply"]["push"] == branches
    assert set(on["apply"]) == {"push", "workflow_dispatch"}
    assert set(on["apply"]["workflow_dispatch"]["inputs"]) == {"allow", "allow-delete", "on-drift", "adopt"}
    assert set(on["drift"]) == {"schedule", "workflow_dispatch"}
    assert set(on["drift"]["workflow_dispatch"]["inputs"]) == {"deployment", "accept"}
    assert set(on["rollback"]) == {"workflow_dispatch"}
    assert set(on["rollback"]["workflow_dispatch"]["inputs"]) == {"deployment", "assistant", "version"}
    assert not any("pull_request_target" in text or "workflow_run" in text for text in texts.values())


@BOTH
def test_actions_are_pinned(texts: dict[str, str]) -> None:
    """By a whole commit with the version beside it; those that CI uses too, as it uses them."""
    ci = set(re.findall(r"uses: (.+)", (ROOT / ".github/workflows/ci.yml").read_text("utf-8")))
    names = {one.partition("@")[0] for one in ci}
    own = "./trusted/.github/actions/reconcile" if texts is OURS else ACTION
    for text in texts.values():
        for used in re.findall(r"uses: (.+)", text):
            if used.split(" # ")[0] == own:
                continue
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)
            assert used in ci or used.partition("@")[0] not in names


@BOTH
def test_no_expression_in_a_script(texts: dict[str, str]) -> None:
    """What others write, as a branch's name or an input, reaches scripts in variables only; so in the action itself."""
    action = parsed((ROOT / ".github/actions/reconcile/action.yml").read_text("utf-8"))
    steps = [step for _, job in jobs(texts) for step in job["steps"]] + action["runs"]["steps"]
    assert not any("${{" in step.get("run", "") for step in steps)
    assert {step["env"][f"IN_{name.upper().replace('-', '_')}"] for step in action["runs"]["steps"]
            for name in action["inputs"]} == {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}  # fmt: skip


@BOTH
def test_who_has_a_key(texts: dict[str, str]) -> None:
    """The jobs in an environment, and of these only the step that runs the tool against a server."""
    for which, job in jobs(texts):
        keyed = [step for step in job["steps"] if secret(step)]
        assert (len(keyed) == 1) is (which in KEYED), which
        assert ("environment" in job) is (which in KEYED), which
        assert not secret({name: value for name, value in job.items() if name != "steps"})
        for step in keyed:
            assert step["uses"].startswith(("./trusted/", "acme/tool/"))
            assert step["with"]["command"] in {"plan", "apply", "drift", "pull", "history", "rollback"}
            assert set(step["env"]) == {name for name in step["env"] if name.endswith("_API_KEY")}
            assert all(value == f"${{{{ secrets.{name} }}}}" for name, value in step["env"].items())


@BOTH
def test_who_has_the_token(texts: dict[str, str]) -> None:
    """Only steps that write to GitHub; none of them has a key, and checkouts leave none behind."""
    for which, job in jobs(texts):
        tokens = [step for step in job["steps"] if "github.token" in str(step)]
        writes = any(value == "write" for value in job["permissions"].values())
        assert (len(tokens) == 1) is writes, which
        assert all(step["with"]["command"].startswith("github-") and not secret(step) for step in tokens)
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False


@BOTH
def test_no_job_runs_what_it_should_not_trust(texts: dict[str, str]) -> None:
    """Beside pinned actions and the tool's own there is a line that writes two addresses, and one that compares."""
    for which, job in jobs(texts):
        scripts = [step["run"] for step in job["steps"] if "run" in step]
        if which[1] == "plan":
            assert len(scripts) == 1
            assert scripts[0].splitlines() == [
                'mkdir -p "$FOLDER"',
                'printf \'{"page":"%s","summary":"%s"}\\n\' "$PAGE" "$SUMMARY" >"$FOLDER/links.json"',
            ]
        else:
            assert scripts == ([RESULTS] if which[1] == "verdict" else []), which


@BOTH
def test_the_pull_requests_files(texts: dict[str, str]) -> None:
    """The job that may comment never has them; where they are, settings come from the commit before."""
    workflow = parsed(texts["plan"])["jobs"]
    before = "${{ github.event.merge_group.base_sha || format('{0}^1', github.sha) }}"
    places = [step["with"] for step in workflow["verdict"]["steps"] if "checkout" in step.get("uses", "")]
    assert all(one["path"] == "trusted" and "base" in one["ref"] for one in places)
    assert bool(places) is (texts is OURS)
    (plan,) = [step["with"] for step in workflow["plan"]["steps"] if secret(step)]
    assert (plan["base"], plan["settings-from"]) == (before, before)
    assert plan["adopt"] is True  # as the merge's apply will
    if texts is OURS:  # a pull request's files never lie where the action is taken from
        for job in workflow.values():
            for step in job["steps"]:
                if "checkout" in step.get("uses", ""):
                    path, ref = step["with"]["path"], step["with"].get("ref")
                    assert (path, ref is None) in {("source", True), ("trusted", False)}


@BOTH
def test_a_fork_gets_no_key(texts: dict[str, str]) -> None:
    """Its pull request is neither planned with a key nor commented on, and no pull request is applied."""
    workflow = parsed(texts["plan"])["jobs"]
    ours = "github.event.pull_request.head.repo.full_name == github.repository"
    assert ours in workflow["plan"]["if"]
    assert ours in workflow["verdict"]["env"]["PLANNED"]
    downloads = [step for step in workflow["verdict"]["steps"] if "run" not in step and "checkout" not in step["uses"]]
    assert all(step["if"] == "env.PLANNED == 'true'" for step in downloads)


@BOTH
def test_environments_and_order(texts: dict[str, str]) -> None:
    """Reading has an environment of its own. What writes is one at a time for each deployment, in order, after its
    plan; none is stopped in the middle or dropped."""
    for which, job in jobs(texts):
        if which in KEYED:
            name = "inputs.deployment" if which[0] == "rollback" else "matrix.deployment"
            writes = which[1] in {"apply", "rollback"}
            assert job["environment"] == f"${{{{ {name} }}}}{'' if writes else '-plan'}"
            expected = {"group": f"assistants-${{{{ {name} }}}}", "cancel-in-progress": False, "queue": "max"}
            assert job.get("concurrency") == (expected if writes else None)
    apply = parsed(texts["apply"])["jobs"]
    assert apply["apply"]["needs"] == "compare"
    assert (apply["apply"]["strategy"]["max-parallel"], apply["apply"]["strategy"]["fail-fast"]) == (1, True)
    assert apply["plan"]["strategy"]["fail-fast"] is False
    assert parsed(texts["plan"])["concurrency"]["cancel-in-progress"] is True


@BOTH
def test_all_history_where_it_counts(texts: dict[str, str]) -> None:
    """Whoever tells git's changes from others' has the whole history."""
    for which, job in jobs(texts):
        if which in KEYED:
            given = [step["with"] for step in job["steps"] if "checkout" in step.get("uses", "")]
            (source,) = [one for one in given if one.get("path") != "trusted"]
            assert source["fetch-depth"] == 0, which


@BOTH
def test_an_approved_plan_permits_nothing_by_itself(texts: dict[str, str]) -> None:
    """What was permitted to the plan is said to apply again, word for word; so is the commit that it was compared with,
    by which the guards judge."""
    steps = {name: job["steps"] for (workflow, name), job in jobs(texts) if workflow == "apply"}
    (plan,) = [s["with"] for s in steps["plan"] if secret(s)]
    (apply,) = [s["with"] for s in steps["apply"] if secret(s)]
    for name in ("allow", "allow-delete", "on-drift", "adopt", "deployment", "directory", "base"):
        assert plan[name] == apply[name]
    assert apply["plan-file"].endswith("/plan-${{ matrix.deployment }}/plan.json")
    assert plan["base"] == "${{ github.event.before }} ${{ github.sha }}^1"


@BOTH
def test_what_failed_is_told_too(texts: dict[str, str]) -> None:
    """A plan that could not be made is handed on, an apply that failed is answered, and a verdict is always given."""
    apply = parsed(texts["apply"])["jobs"]
    (answer,) = [s for s in apply["apply"]["steps"] if s.get("with", {}).get("command") == "github-answer"]
    assert answer["if"] == "always() && steps.apply.outcome != 'skipped'"
    assert "!cancelled()" in apply["compare"]["if"]
    plan = parsed(texts["plan"])["jobs"]
    assert plan["verdict"]["if"] == "always()"
    for job in (plan["plan"], apply["plan"]):
        assert [step["if"] for step in job["steps"][-3:]] == ["${{ !cancelled() }}"] * 3


def test_ours_ask_nobody() -> None:
    """The deployments of this repository are examples: without a variable of the repository no job with a key runs but
    by hand, for a list of deployments is what they hang on."""
    for which, job in jobs(OURS):
        for step in job["steps"]:
            if step.get("with", {}).get("command") == "deployments":
                assert step["if"] == "vars.RECONCILER == 'on'"
        if which in KEYED and which[0] != "rollback":
            needs = job["needs"] if isinstance(job["needs"], str) else job["needs"][0]
            assert f"startsWith(needs.{needs}.outputs.deployments, '[\"')" in job["if"]


@pytest.mark.parametrize(
    ("validated", "planned", "green"),
    [
        ("success", "success", True),
        ("success", "skipped", True),
        ("success", "cancelled", False),
        ("success", "failure", False),
        ("failure", "skipped", False),
        ("cancelled", "skipped", False),
    ],
)
def test_the_verdict_of_what_did_not_run(validated: str, planned: str, green: bool) -> None:
    """What was cancelled is not green, whatever was said before."""
    verdict = yaml.safe_load(OURS["plan"])["jobs"]["verdict"]
    last = verdict["steps"][-1]
    assert (verdict["if"], last["if"]) == ("always()", "always()")
    done = subprocess.run(["bash", "-e", "-c", last["run"]], env={"VALIDATED": validated, "PLAN": planned}, check=False)
    assert (done.returncode == 0) is green
