"""How manifests are put together: composition/NAME.yaml holds the files, and what comes out in each deployment.

`wanted`: by deployment (`-` is a server without a name) and key, the fields of the spec that a case is about. `origin`:
where values of an assistant stand, `path:line`. `removed`: by deployment and key, how. `said`: all diagnostics, of all
deployments; `UPDATE_GOLDEN=1` rewrites that block, which stands last.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.model.diagnostic import distinct
from reconciler.model.json import same
from reconciler.repo.git import open_git
from reconciler.repo.manifests import Loaded, Manifests
from reconciler.repo.settings import read_settings
from reconciler.repo.worktree import WorkTree

from .conftest import tell, write

CASES = sorted((Path(__file__).parent / "composition").glob("*.yaml"))
SAID = "said: |\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_comes_out_as_the_case_says(case: Path, tmp_path: Path) -> None:
    """Base, file, row, override are merged in that order; each mistake is told at its place, in two lines at most."""
    text = case.read_text("utf-8")
    data = yaml.safe_load(text)
    write(tmp_path, data["files"])
    names = list(data.get("deployments", ["staging", "production"]))
    listed = "".join(f"  {name}: {{url: 'https://{name}.example.com'}}\n" for name in names)
    settings, wrong = read_settings(
        f"owner: acme-agents\n{'deployments:' if names else ''}\n{listed}{data.get('settings', '')}".encode()
    )
    assert settings is not None, tell(wrong)
    manifests = Manifests(WorkTree(tmp_path, open_git(tmp_path)), settings)
    loaded = {name: manifests.at(name) for name in (*names, None)}
    found = distinct(d for one in loaded.values() for d in one.diagnostics)
    assert all("\n" not in f"{one.message}{one.hint}" for one in found)
    said = tell(found)
    if os.environ.get("UPDATE_GOLDEN") and said:
        head = text.partition(SAID)[0]
        case.write_text(head + SAID + "".join(f"  {line}\n" for line in said.splitlines()), "utf-8")
    else:
        assert said == data.get("said", "")
    for name, expected in data.get("wanted", {}).items():
        _check(loaded[None if name == "-" else name], expected, data.get("origin", {}))
    for name, expected in data.get("removed", {}).items():
        assert {gone.key: "keep" if gone.keep else "delete" for gone in loaded[name].removed} == expected


def _check(loaded: Loaded, expected: dict[str, Any], origin: dict[str, dict[str, str]]) -> None:
    found = {want.key: want for want in loaded.wanted}
    assert found.keys() == expected.keys()
    for key, fields in expected.items():
        want = found[key]
        value = want.spec.as_json() | {"files": list(want.files), "assistant_id": want.assistant_id}
        value |= {"protected": want.protected, "default": want.default, "line": want.line}
        value |= {"tries": {one.name: {"input": one.input, "at": f"{one.path}:{one.line}"} for one in want.tries}}
        for field, one in fields.items():
            assert same(value[field], one), f"{key}: {field} is {value[field]!r}"
        for path, place in origin.get(key, {}).items():
            steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
            there = loaded.locate(want, steps)
            assert f"{there.path}:{there.line}" == place, path
