"""GitHub's side of a workflow's run, under act: checkout, artifacts, events and merges of a repository on this disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ACTION = "acme/tool/.github/actions/reconcile"
COMMIT = "0123456789" * 4
TOOL = f"assistants-reconciler @ git+https://github.com/acme/tool@{COMMIT}"
WHO = ("-c", "user.name=test", "-c", "user.email=test@example.com")

CHECKOUT = """\
name: stand-in
description: As actions/checkout. Without `fetch-depth` one commit, and never what another ref has
inputs:
  fetch-depth: {description: "", default: "1"}
  path: {description: "", default: .}
  persist-credentials: {description: ""}
  ref: {description: "", default: "${{ github.sha }}"}
runs:
  using: composite
  steps:
    - shell: bash
      env: {DEPTH: "${{ inputs.fetch-depth }}", TO: "${{ inputs.path }}", REF: "${{ inputs.ref }}"}
      run: |
        mkdir -p "$GITHUB_WORKSPACE/$TO"
        cd "$GITHUB_WORKSPACE/$TO"
        find . -mindepth 1 -delete
        git init -q -b none
        if [ "$DEPTH" = 0 ]; then depth=(); else depth=(--depth "$DEPTH"); fi
        git fetch -q "${depth[@]}" "file://@SOURCE@" "$REF"
        git checkout -q --detach FETCH_HEAD
        git remote add origin https://github.com/acme/agents
"""
UPLOAD = """\
name: stand-in
description: As actions/upload-artifact
inputs:
  archive: {description: "", default: "true"}
  if-no-files-found: {description: ""}
  name: {description: ""}
  overwrite: {description: ""}
  path: {description: ""}
outputs:
  artifact-url: {description: "", value: "${{ steps.up.outputs.url }}"}
runs:
  using: composite
  steps:
    - id: up
      shell: bash
      env:
        {FROM: "${{ inputs.path }}", NAME: "${{ inputs.name }}", ARCHIVE: "${{ inputs.archive }}",
         NONE: "${{ inputs.if-no-files-found }}"}
      run: |
        if [ -z "$(find "$FROM" -type f 2>/dev/null)" ]; then [ "$NONE" != error ]; exit; fi
        if [ "$ARCHIVE" = false ]; then NAME=$(basename "$FROM"); [ -f "$FROM" ]; fi
        mkdir -p "@STORE@"
        rm -rf "@STORE@/$NAME"
        cp -r "$FROM" "@STORE@/$NAME"
        echo "url=https://github.com/acme/agents/artifacts/$NAME" >>"$GITHUB_OUTPUT"
"""
DOWNLOAD = """\
name: stand-in
description: As actions/download-artifact, with its rule that a single one gets no folder
inputs:
  merge-multiple: {description: "", default: "false"}
  name: {description: ""}
  path: {description: ""}
  pattern: {description: ""}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        {TO: "${{ inputs.path }}", NAME: "${{ inputs.name }}", PATTERN: "${{ inputs.pattern }}",
         MERGE: "${{ inputs.merge-multiple }}"}
      run: |
        mkdir -p "@STORE@" "$TO"
        if [ -n "$NAME" ]; then cp -r "@STORE@/$NAME/." "$TO"; exit; fi
        found=$(cd "@STORE@" && find . -maxdepth 1 -name "$PATTERN" | sed 's|^./||')
        for one in $found; do
          into="$TO/$one"
          if [ "$MERGE" = true ] || [ "$found" = "$one" ]; then into=$TO; fi
          mkdir -p "$into"
          cp -r "@STORE@/$one/." "$into"
        done
"""
PYTHON = """\
#!/bin/bash
# The runner's Python. It makes a venv whose pip installs nothing, and whose Python is the one of the tests.
if [ "${*:1:4}" = "-I -m venv --clear" ]; then
  mkdir -p "$5/bin"
  printf '#!/bin/bash\\ncase "$*" in "-I -m pip "*) echo "$* in $PWD, $(compgen -e | tr "\\\\n" " ")" >>"@ASKED@" ;; \
"-I "*) exec "@REAL@" "$@" ;; *) echo "no -I"; exit 9 ;; esac\\n' >"$5/bin/python"
  chmod 755 "$5/bin/python"
  exit
fi
[ "$1" = -I ] || exit 9
exec "@REAL@" "$@"
"""


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


class Runner:
    """A repository at github.com/acme/agents, and its workflows under act.

    `asked` has a line for each call of pip. `installs`: the tool is really installed, from what stands in `tool`.
    """

    def __init__(self, tmp_path: Path, act: str, *, installs: bool = False) -> None:
        self.work, self.asked = tmp_path / "work", tmp_path / "asked"
        self.tool = tmp_path / "tool"
        self.secrets: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.environ: dict[str, str] = {}
        self.number = 7
        self._act, self.home, self._programs, self.store = (
            act,
            tmp_path / "home",
            tmp_path / "bin",
            tmp_path / "store",
        )
        for folder in (self.work, self.home, self._programs, self.tool):
            folder.mkdir()
        self.asked.touch()
        self._used: dict[str, Path] = {}
        for name, text in {"checkout": CHECKOUT, "upload-artifact": UPLOAD, "download-artifact": DOWNLOAD}.items():
            self._used[f"actions/{name}"] = self._action(tmp_path / name, text)
        shutil.copytree(ROOT / ".github" / "actions", self.tool / ".github" / "actions")
        if installs:
            for part in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
                shutil.copy(ROOT / part, self.tool)
            shutil.copytree(ROOT / "reconciler", self.tool / "reconciler", ignore=shutil.ignore_patterns("__pycache__"))
        else:
            python = PYTHON.replace("@ASKED@", str(self.asked)).replace("@REAL@", sys.executable)
            (self._programs / "python3").write_text(python, "utf-8")
            (self._programs / "python3").chmod(0o755)
        git(self.tool, "init", "-q", "-b", "main")
        git(self.tool, "add", "-A")
        git(self.tool, *WHO, "commit", "-qm", "one")
        self._used["acme/tool"] = self.tool
        git(self.work, "init", "-q", "-b", "main")
        git(self.work, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.work, "remote", "add", "origin", "https://github.com/acme/agents.git")

    def write(self, path: str, content: str) -> None:
        (self.work / path).parent.mkdir(exist_ok=True, parents=True)
        (self.work / path).write_text(content, "utf-8")

    def commit(self, message: str = "as it is") -> str:
        """All that is there; the commit."""
        git(self.work, "add", "-A")
        git(self.work, *WHO, "commit", "-qm", message, "--allow-empty")
        return git(self.work, "rev-parse", "HEAD")

    def branch(self, name: str = "change") -> None:
        """From now on commits are a pull request's."""
        git(self.work, "checkout", "-qf", "-B", name, "main")

    def pull_request(self, head: str = "acme/agents", **more: Any) -> dict[str, Any]:
        """The event of the branch that is checked out: GitHub's merge commit is checked out then."""
        sha = git(self.work, "rev-parse", "HEAD")
        git(self.work, "checkout", "-qf", "--detach", "main")
        git(self.work, *WHO, "merge", "-q", "--no-ff", "-m", f"Merge {sha} into main", sha)
        return {
            "action": "synchronize",
            "number": self.number,
            "pull_request": {
                "number": self.number,
                "base": {"sha": git(self.work, "rev-list", "--max-parents=0", "main").splitlines()[0], "ref": "main"},
                "head": {"sha": sha, "ref": "change", "repo": {"full_name": head}},
            },
        } | more

    def merge(self) -> dict[str, Any]:
        """What is checked out is on main; the event of that push."""
        before, sha = git(self.work, "rev-parse", "main"), git(self.work, "rev-parse", "HEAD")
        git(self.work, "branch", "-qf", "main", sha)
        git(self.work, "checkout", "-qf", "main")
        return {"ref": "refs/heads/main", "before": before, "after": sha}

    def main(self) -> str:
        """The newest commit on main."""
        return git(self.work, "rev-parse", "main")

    def push(self) -> dict[str, Any]:
        """The event of the newest commit on main."""
        git(self.work, "checkout", "-qf", "main")
        before = git(self.work, "rev-list", "--max-count=2", "main").splitlines()[-1]
        return {"ref": "refs/heads/main", "before": before, "after": git(self.work, "rev-parse", "main")}

    def run(self, event: str, workflow: str, payload: Mapping[str, Any] | None = None) -> tuple[int, str]:
        """Run one workflow as that event would; its exit code and its log."""
        shutil.rmtree(self.store, ignore_errors=True)
        path = self.work / ".github" / "workflows" / f"{workflow}.yml"
        shown = self.home / f"{workflow}.yml"
        shown.write_text(known(path.read_text("utf-8")), "utf-8")
        used = set(re.findall(r"uses: ([^\s@]+)(@\S+)", shown.read_text("utf-8")))
        (self.home / "event.json").write_text(json.dumps(payload or {}), "utf-8")
        repositories = {f"{'/'.join(name.split('/')[:2])}{ref}" for name, ref in used}
        given = [("-s", self.secrets), ("--var", self.variables), ("--env", self.environ)]
        words = [
            *(self._act, event, "--workflows", str(shown), "--platform", "ubuntu-latest=-self-hosted"),
            *("--no-cache-server", "--eventpath", str(self.home / "event.json")),
            *(
                word
                for option, values in given
                for name, value in values.items()
                for word in (option, f"{name}={value}")
            ),
            *(f"--local-repository={one}={self._used[one.partition('@')[0]]}" for one in sorted(repositories)),
        ]
        try:
            done = self._carried_out(words)
        except subprocess.TimeoutExpired:  # act itself waits for ever now and then, for a terminal that is closed
            shutil.rmtree(self.store, ignore_errors=True)
            done = self._carried_out(words)
        return done.returncode, done.stdout + done.stderr

    def _carried_out(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.work,
            env={"PATH": f"{self._programs}:{os.environ['PATH']}", "HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    def _action(self, folder: Path, text: str) -> Path:
        folder.mkdir()
        text = text.replace("@SOURCE@", str(self.work)).replace("@STORE@", str(self.store))
        (folder / "action.yml").write_text(text, "utf-8")
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, *WHO, "commit", "-qm", "one")
        return folder


def known(workflow: str) -> str:
    """A workflow without what GitHub knows, and act and actionlint do not yet: `queue` of `concurrency`."""
    return re.sub(r"(?m)^ +queue: max.*\n", "", workflow)
