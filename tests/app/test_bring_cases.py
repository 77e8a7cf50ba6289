"""What becomes of the files when what is live is brought into git: bring_cases/NAME.yaml, one situation each.

    about: one sentence
    deployments: [staging, production]      # those that the settings list; this is the default
    settings: …                             # more of reconciler.yaml
    files: {path: text}
    live: {writer/tweet: {context: {…}}}    # a merge patch of what git says for `here`; {$null: true} is null
    applied: {writer/tweet: {…}}            # the same of the version that git last applied; default: all of live counts
    here: staging                           # default; `-` is a server without a name
    shared: true                            # default false
    then: [{here: production, live: …}]     # more runs, one after the other
    after: {path: text}                     # the files that are other ones or new, all others are as they were
    left: {"writer/tweet context.tone": a part of the reason}
    also: {writer/blog: [staging]}          # others that change along

Every case is also read back: what is not left says what is live, and nobody else says anything new but those in `also`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.app.bring import Brought
from reconciler.model.json import same
from reconciler.model.wanted import Wanted
from tests.app.bringing import Folder

CASES = sorted((Path(__file__).parent / "bring_cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_is_written_where_the_case_says(case: Path, tmp_path: Path) -> None:
    """Byte for byte; what is left is named with its reason, who else changes is named too."""
    data = yaml.safe_load(case.read_text("utf-8"))
    names = data.get("deployments", ["staging", "production"])
    open_ = "schemas: {w: open}\n" if "schemas:" not in data.get("settings", "") else ""
    folder = Folder.of(tmp_path, data["files"], names, open_ + data.get("settings", ""))
    left: dict[str, str] = {}
    also: dict[str, list[str | None]] = {}
    for run in (
        {"here": "staging"} | {k: data[k] for k in ("here", "live", "applied", "shared") if k in data},
        *data.get("then", []),
    ):
        brought = _run(folder, run)
        left |= {f"{one.key} {'.'.join(map(str, one.path))}": one.why for one in brought.kept}
        also |= {key: list(names) for key, names in brought.also.items()}
    assert folder.read() == data["files"] | data.get("after", {})
    assert left.keys() == data.get("left", {}).keys(), left
    for name, part in data.get("left", {}).items():
        assert part in left[name], left[name]
    assert also == data.get("also", {})


def _run(folder: Folder, run: dict[str, Any]) -> Brought:
    here = None if run["here"] == "-" else run["here"]
    everywhere = {name: folder.wanted(name) for name in dict.fromkeys((*folder.names, here))}
    goals = folder.goals(here, run["live"], run.get("applied"))
    brought = folder.bring(here, run["live"], applied=run.get("applied"), shared=run.get("shared", False))
    after = {name: folder.wanted(name) for name in everywhere}
    wrong = {one.key for one in brought.kept}
    for goal in goals:
        key = goal.wanted.key
        assert key in wrong or same(after[here][key].spec.as_json(), goal.spec.as_json())
    moved: dict[str, list[str | None]] = {}
    for name, before in everywhere.items():
        for key, one in before.items():
            mine = name == here and key in run["live"]
            if not mine and not _same(one, after[name][key]):
                moved.setdefault(key, []).append(name)
    assert moved == {key: list(names) for key, names in brought.also.items()}
    return brought


def _same(one: Wanted, other: Wanted) -> bool:
    return one.assistant_id == other.assistant_id and same(one.spec.as_json(), other.spec.as_json())
