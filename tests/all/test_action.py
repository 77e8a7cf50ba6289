"""The action on a runner: how it installs itself, what it takes for an input, and what it never runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.all.runner import ACTION, COMMIT, ROOT, WHO, Runner, git

pytestmark = pytest.mark.needs_all

WORKFLOW = """\
name: One
on: [push]
permissions: {{}}
jobs:
  one:
    name: One
    runs-on: ubuntu-latest
    permissions: {{}}
    steps:
      - uses: actions/checkout@v7
        with: {{fetch-depth: 0}}
      - uses: {action}
        id: first
        with: {{command: validate}}
      - uses: {action}
        id: again
        with: {given}
        env: {{RECONCILER_API_KEY: a-key, GITHUB_TOKEN: a-token}}
      - run: echo "changes=$CHANGES creates=$CREATES blocked=$BLOCKED file=$FILE"
        if: always()
        env:
          CHANGES: ${{{{ steps.again.outputs.changes }}}}
          CREATES: ${{{{ steps.again.outputs.creates }}}}
          BLOCKED: ${{{{ steps.again.outputs.blocked }}}}
          FILE: ${{{{ steps.again.outputs.plan-file }}}}
"""
CANARY = "import os, pathlib\npathlib.Path(os.environ['HOME'], 'canary').write_text(__file__)\n"
HOSTILE = [
    *("pip/__init__.py", "pip/__main__.py", "venv.py", "venv/__init__.py", "sitecustomize.py", "usercustomize.py"),
    *("json.py", "click.py", "reconciler/__init__.py", "reconciler/__main__.py"),
    *("hatchling/__init__.py", "hatchling/build.py"),
]


def repository(runner: Runner, given: str) -> None:
    runner.write("reconciler.yaml", "owner: acme\ndeployments: {live: {url: 'https://live.example'}}\n")
    runner.write("assistants/tweet.yaml", "graph_id: writer\nname: Tweet\n")
    runner.write("schemas/writer.json", '{"type": "object"}')
    runner.write(".github/workflows/one.yml", WORKFLOW.format(action=f"{ACTION}@{COMMIT}", given=given))
    runner.commit()


@pytest.fixture
def runner(tool: Callable[..., str], tmp_path: Path) -> Runner:
    return Runner(tmp_path, tool("act"))


def test_it_installs_itself_and_runs_nothing_of_a_pull_request(tool: Callable[..., str], tmp_path: Path) -> None:
    """From its own checkout, at the versions of constraints.txt, once a job; and what lies where it runs under a name
    that Python looks for is not run, neither by pip nor by the tool."""
    runner = Runner(tmp_path, tool("act"), installs=True)
    for path in HOSTILE:
        runner.write(path, CANARY)
    runner.write("pip.conf", "[global]\nindex-url = https://elsewhere.example/\n")
    repository(runner, "{command: plan, offline: true, deployment: live, base: HEAD}")
    workflow = (runner.work / ".github/workflows/one.yml").read_text("utf-8")
    listing = '      - run: cd / && "$RUNNER_TEMP/reconciler-venv/bin/python" -I -m pip freeze\n'
    runner.write(".github/workflows/one.yml", workflow + listing)
    runner.commit()
    code, said = runner.run("push", "one", runner.push())
    assert code == 0, said
    assert "1 assistant: valid" in said
    assert not list(tmp_path.rglob("canary")), said
    packages = [line.split("| ")[1].strip() for line in said.splitlines() if re.search(r"\| \S+( @ |==)", line)]
    pinned = (ROOT / "constraints.txt").read_text("utf-8")
    assert any(one.startswith("assistants-reconciler @ file:///") for one in packages), said
    assert all(f"\n{one.lower().replace('_', '-')}" in pinned for one in packages if " @ " not in one), packages


def test_installed_once_without_credentials(runner: Runner) -> None:
    """Two steps of a job, one installation; pip runs elsewhere than in the checkout, and no key or token is there."""
    repository(runner, "{command: plan, offline: true, deployment: live, base: HEAD}")
    code, said = runner.run("push", "one", runner.push())
    assert code == 0, said
    calls = runner.asked.read_text("utf-8").splitlines()
    assert len(calls) == 2
    assert all("--constraint /" in call and "--no-input" in call for call in calls)
    assert "hatchling in /" in calls[0]
    assert "--no-build-isolation /" in calls[1]
    assert not any("assistants-reconciler" in call for call in calls)
    for call in calls:
        assert "/hostexecutor" not in call.partition(" in /")[2]
        assert not any(name in call for name in ("_API_KEY", "GITHUB_TOKEN", "PYTHONPATH"))


def test_a_key_is_not_there_when_it_is_installed(runner: Runner) -> None:
    """Where the first step has the key already, pip does not."""
    repository(runner, "{command: deployments}")
    workflow = (runner.work / ".github/workflows/one.yml").read_text("utf-8")
    step = "        with: {command: validate}\n"
    keyed = "        env: {RECONCILER_API_KEY: k, X_API_KEY: k, GITHUB_TOKEN: t}\n"
    runner.write(".github/workflows/one.yml", workflow.replace(step, step + keyed))
    runner.commit()
    code, said = runner.run("push", "one", runner.push())
    assert code == 0, said
    assert "_API_KEY" not in runner.asked.read_text("utf-8")
    assert "GITHUB_TOKEN" not in runner.asked.read_text("utf-8")


def test_files_that_git_takes_for_a_repository(runner: Runner) -> None:
    """A pull request whose settings' folder holds such files, with a program that fetches what they lack, ends there:
    the program is not run, and no settings count but those of the commit that is named."""
    repository(runner, "{command: plan, directory: gitops, deployment: live, base: HEAD^1, settings-from: HEAD^1}")
    (runner.work / "gitops").mkdir()
    git(runner.work, "mv", "reconciler.yaml", "assistants", "schemas", "gitops")
    runner.commit()
    runner.write("gitops/HEAD", "ref: refs/heads/main\n")
    runner.write("gitops/refs/heads/x", "")
    runner.write("gitops/objects/x", "")
    runner.write(
        "gitops/config",
        "[core]\nrepositoryformatversion = 1\nbare = false\nworktree = ..\n[extensions]\npartialClone = origin\n"
        f'[remote "origin"]\nurl = /\npromisor = true\nuploadpack = "touch {runner.home}/canary; false"\n',
    )
    shown = runner.work / ".github/workflows/one.yml"
    content = shown.read_text("utf-8").replace("HEAD^1", git(runner.work, "rev-parse", "HEAD"))
    shown.write_text(content.replace("{command: validate}", "{command: install}"), "utf-8")
    runner.commit()
    code, said = runner.run("push", "one", runner.push())
    assert code != 0
    assert not (runner.home / "canary").exists(), said
    assert "this clone does not have the commit whose settings count" in said


def test_outputs(runner: Runner) -> None:
    """What a plan comes to, for the steps after it."""
    repository(runner, "{command: plan, offline: true, deployment: live, base: HEAD~1}")
    runner.write("assistants/second.yaml", "graph_id: writer\nname: Second\n")
    runner.commit()
    code, said = runner.run("push", "one", runner.push())
    assert code == 0, said
    assert "changes=true creates=1 blocked=false file=" in said


@pytest.mark.parametrize(
    "given",
    [
        "{command: sandbox}",
        "{command: 'plan --url https://thief.example'}",
        "{command: ''}",
        "{command: plan, deployment: --url=https://thief.example}",
        "{command: plan, deployment: 'live; touch canary'}",
        "{command: plan, deployment: 'live\n-x'}",
        "{command: plan, deployment: ../../live}",
        "{command: plan, base: --upload-pack=x}",
        "{command: plan, base: '$(touch canary)'}",
        "{command: plan, settings-from: -x}",
        "{command: plan, allow: 'protected --send-key'}",
        "{command: plan, allow-delete: 'a/b -y'}",
        "{command: plan, on-drift: 'hold --adopt'}",
        "{command: plan, adopt: 'yes'}",
        "{command: plan, offline: '1'}",
        "{command: plan, deployment: live, tries: 'yes'}",
        "{command: plan, tries: true, base: HEAD}",
        "{command: apply, plan-file: plan.yaml}",
        "{command: apply, plan-file: '-x.json'}",
        "{command: rollback, key: '-y'}",
        "{command: rollback, key: 'a b'}",
        "{command: rollback, key: a@x}",
        "{command: rollback}",
        '{command: github-comment, deployments: \'["a", "-x"]\'}',
        "{command: github-comment, deployments: 'live'}",
        "{command: github-comment}",
        "{command: validate, directory: -C}",
        "{command: validate, directory: '`touch canary`'}",
    ],
)
def test_an_input_that_means_something_else(runner: Runner, given: str) -> None:
    """It is refused in one line that does not repeat it, before anything is installed, and reaches no shell and no
    command."""
    asked = script(runner.work.parent, given)
    assert asked.returncode == 1
    assert asked.stdout.startswith("::error title=reconciler::")
    assert len(asked.stdout.splitlines()) == 1
    assert "thief" not in asked.stdout
    assert not list(runner.work.parent.rglob("canary"))


def script(folder: Path, given: str) -> subprocess.CompletedProcess[str]:
    """The action's script alone, with these inputs: its venv is one whose Python only says what it is asked."""
    import yaml

    inputs = {
        f"IN_{name.upper().replace('-', '_')}": str(value) for name, value in yaml.load(given, yaml.BaseLoader).items()
    }
    temp = folder / "temp"
    (temp / "reconciler-venv" / "bin").mkdir(parents=True, exist_ok=True)
    (temp / "reconciler-venv" / "installed").touch()
    python = temp / "reconciler-venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "asked: %s\\n" "$*"\n')
    python.chmod(0o755)
    action = ROOT / ".github" / "actions" / "reconcile"
    environ = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": str(action)}
    return subprocess.run(
        ["bash", str(action / "run.sh")], cwd=folder, env=environ | inputs, capture_output=True, text=True, check=False
    )


def test_words_reach_the_tool_one_by_one(tmp_path: Path) -> None:
    """Lists are split at blanks and lines; each word has its own option."""
    given = "{command: apply, deployment: live, plan-file: a/b.json, adopt: true, on-drift: block, "
    said = script(tmp_path, given + 'allow: "protected\n renamed ", allow-delete: a/b c}')
    asked = next(line for line in said.stdout.splitlines() if line.startswith("asked: "))
    assert asked.startswith(
        "asked: -I -m reconciler apply -C . a/b.json --deployment live --adopt --on-drift block --allow protected "
        "--allow renamed --allow-delete a/b --allow-delete c --on-drift-default hold --format text"
    )


def test_what_changes_is_tried_before_it_is_planned(tmp_path: Path) -> None:
    """By the same base, and with nothing of what only a plan is permitted. Without what `try` writes there is a plan
    all the same, and the step is red; without a base nobody knows what changes."""
    git(tmp_path, "init", "-q")
    git(tmp_path, *WHO, "commit", "-qm", "one", "--allow-empty")
    given = "{command: plan, deployment: live, base: '%s', adopt: true, allow: protected, tries: %s}"
    done = script(tmp_path, given % ("HEAD", "true"))
    asked = [line for line in done.stdout.splitlines() if line.startswith("asked: -I -m reconciler ")]
    assert asked[0].startswith("asked: -I -m reconciler try -C . --deployment live --changed --yes --base ")
    assert not re.search(r"--adopt|--allow|--out|--on-drift", asked[0])
    assert asked[1].startswith("asked: -I -m reconciler plan -C . ")
    assert " --tries " not in asked[1]
    assert "::error title=reconciler::the tries could not be made" in done.stdout
    assert done.returncode == 1
    untried = tmp_path / "temp" / "reconciler" / "live" / "plan-live" / "untried"
    assert untried.exists()
    for base, tries in (("HEAD", "false"), ("", "true")):
        assert "reconciler try" not in script(tmp_path, given % (base, tries)).stdout
        assert not untried.exists()


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_base_is_said_to_both(tmp_path: Path, command: str) -> None:
    """The guards of an apply judge by the commit that its plan was compared with."""
    git(tmp_path, "init", "-q")
    git(tmp_path, *WHO, "commit", "-qm", "one", "--allow-empty")
    for base, said in (("HEAD", True), ("", False)):
        lines = script(tmp_path, f"{{command: {command}, deployment: live, base: '{base}'}}").stdout.splitlines()
        asked = next(line for line in lines if line.startswith(f"asked: -I -m reconciler {command} "))
        assert (" --base " in asked) is said


def test_what_the_tool_says_is_no_command(tmp_path: Path) -> None:
    """All that a manifest or a server may have written stands between stop-commands and its own word, in a group."""
    said = script(tmp_path, "{command: history, key: a/b}").stdout.splitlines()
    assert said[0] == "::group::reconciler history"
    assert said[1].startswith("::stop-commands::")
    word = said[1].removeprefix("::stop-commands::")
    assert len(word) == 32
    assert said[-2:] == [f"::{word}::", "::endgroup::"]
    assert word not in script(tmp_path, "{command: history, key: a/b}").stdout


def test_no_python_is_said_plainly(tmp_path: Path) -> None:
    """A runner without Python 3.11 to 3.13: one line that says what to do. It is not looked for in the checkout, whose
    `.tool-versions` would say to a version manager which program it is."""
    programs, checkout = tmp_path / "bin", tmp_path / "checkout"
    programs.mkdir()
    checkout.mkdir()
    (programs / "python3").write_text(f'#!/bin/sh\npwd >"{tmp_path}/started in"\nexit 1\n')
    (programs / "python3").chmod(0o755)
    for name in ("bash", "cat", "mkdir", "git", "tr", "od", "wc", "touch", "rm"):
        os.symlink(shutil.which(name) or "", programs / name)
    action = ROOT / ".github" / "actions" / "reconcile"
    environ = {"PATH": str(programs), "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(action)}
    done = subprocess.run(
        ["bash", str(action / "run.sh")],
        env=environ | {"IN_COMMAND": "install"},
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == (
        "::error title=reconciler::this runner has no Python 3.11 to 3.13: put actions/setup-python before this step\n"
    )
    assert (tmp_path / "started in").read_text("utf-8") == f"{tmp_path}\n"
