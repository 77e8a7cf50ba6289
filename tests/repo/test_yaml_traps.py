"""YAML that is read otherwise than it looks: the loader's side of the table that tests/all holds the editor to."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.json import Json
from reconciler.repo.manifests import load
from reconciler.repo.settings.types import Settings
from reconciler.repo.worktree import WorkTree
from tests.all.yaml_traps import TRAPS, Trap

KINDS = {bool: "flag", int: "number", float: "number", str: "text", type(None): "nothing", list: "list", dict: "map"}
HEAD = "graph_id: trap\nname: !template 'A ${id}'\nfor_each: [{id: row, a: text, b: text}]\ncontext:\n"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Json]]:
    """Path -> the context of each of its assistants; of a file with an error, none."""
    root = tmp_path_factory.mktemp("traps")
    folder = root / "assistants"
    (folder / "prompts").mkdir(parents=True)
    (folder / "a").mkdir()
    (folder / "a" / "b.yaml").write_text("graph_id: trap\nname: B\n")
    for name in ("a.md", "a b.md", "prompts/a.md"):
        (folder / name).write_text("text")
    for number, trap in enumerate(TRAPS):
        lines = trap.text if trap.lines else f"  other: {trap.text}\n"
        (folder / f"{number}.yaml").write_text(HEAD + lines)
    loaded = load(WorkTree(root), Settings(owner="traps"))
    wrong = {d.path for d in loaded.diagnostics if d.severity == "error"}
    return {want.path: [want.spec.context] for want in loaded.wanted if want.path not in wrong}


@pytest.mark.parametrize("number", range(len(TRAPS)), ids=[repr(trap.text) for trap in TRAPS])
def test_what_it_is_read_as(read: dict[str, list[Json]], number: int) -> None:
    """The kind of value that stands there, or an error."""
    trap: Trap = TRAPS[number]
    contexts = read.get(f"{Path('assistants') / str(number)}.yaml", [])
    if trap.lines:
        assert ("fine" if contexts else "error") == trap.loader
        return
    kinds = [KINDS[type(context["other"])] for context in contexts if isinstance(context, dict)]
    assert (kinds or ["error"]) == [trap.loader]
