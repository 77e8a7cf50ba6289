"""Merge patches obey RFC 7396, and files laid over each other come to the same as their values do."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.app.show import Shown, final
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.merge import difference, merge
from reconciler.repo.manifests import load
from reconciler.repo.settings import DeploymentSettings, Settings
from reconciler.repo.worktree import WorkTree

from .conftest import write

NAMES = st.sampled_from(["a", "b", "c", "tone", "no", "x y"])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "text", "two\nlines\n", "no", "1"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3))
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
SETTINGS = Settings(owner="acme-agents", deployments=(DeploymentSettings(name="staging", url="https://a.example"),))


# The examples of RFC 7396, appendix A: original, patch, result.
RFC = """
{"a":"b"} {"a":"c"} {"a":"c"}
{"a":"b"} {"b":"c"} {"a":"b","b":"c"}
{"a":"b"} {"a":null} {}
{"a":"b","b":"c"} {"a":null} {"b":"c"}
{"a":["b"]} {"a":"c"} {"a":"c"}
{"a":"c"} {"a":["b"]} {"a":["b"]}
{"a":{"b":"c"}} {"a":{"b":"d","c":null}} {"a":{"b":"d"}}
{"a":[{"b":"c"}]} {"a":[1]} {"a":[1]}
["a","b"] ["c","d"] ["c","d"]
{"a":"b"} ["c"] ["c"]
{"a":"foo"} null null
{"a":"foo"} "bar" "bar"
{"e":null} {"a":1} {"e":null,"a":1}
[1,2] {"a":"b","c":null} {"a":"b"}
{} {"a":{"bb":{"ccc":null}}} {"a":{"bb":{}}}
"""


@pytest.mark.parametrize("line", RFC.strip().splitlines())
def test_the_examples_of_the_rfc(line: str) -> None:
    """Each comes out as the RFC says."""
    before, patch, after = (cast("Json", json.loads(part)) for part in line.split(" "))
    assert same(merge(before, patch), after)


@given(OBJECTS, OBJECTS)
def test_a_patch_can_be_applied_twice(value: JsonObject, patch: JsonObject) -> None:
    """The second time nothing changes, and neither side was changed by the first."""
    before, given_patch = json.dumps(value), json.dumps(patch)
    once = merge(value, patch)
    assert same(merge(once, patch), once)
    assert (json.dumps(value), json.dumps(patch)) == (before, given_patch)


@given(OBJECTS, OBJECTS)
def test_the_difference_makes_one_of_the_other(before: JsonObject, after: JsonObject) -> None:
    """Where a patch can say it; it cannot only where a null would have to be said anew."""
    patch = difference(before, after)
    if patch is None:
        assert "null" in json.dumps(after)
    else:
        assert same(merge(before, patch), after)
        assert patch or same(before, after)


@given(OBJECTS, OBJECTS, OBJECTS, OBJECTS)
def test_files_come_to_what_their_values_do(
    base: JsonObject, own: JsonObject, row: JsonObject, override: JsonObject
) -> None:
    """Base, file, row, override, in this order; every place that is named holds the value; and what `show` prints,
    read back, is the same assistant."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, _files(base, own, row, override))
        loaded = load(WorkTree(root), SETTINGS, "staging")
        assert loaded.diagnostics == ()
        (want,) = loaded.wanted
        expected: Json = base
        for patch in (own, row, override):
            expected = merge(expected, patch)
        assert same(want.spec.context, expected)
        for name, value in want.spec.context.items():
            place = loaded.locate(want, ("context", name))
            line = (root / place.path).read_text().splitlines()[place.line - 1]
            if not isinstance(value, dict | list):
                assert json.dumps(value) in line
        printed = final(Shown(deployment="staging", loaded=loaded), want, origin=str)
        write(root, {"assistants/a.yaml": printed})
        (again,) = load(WorkTree(root), SETTINGS, "staging").wanted
        assert same(again.spec.as_json(), want.spec.as_json())
        assert again.assistant_id == want.assistant_id


def _files(base: JsonObject, own: JsonObject, row: JsonObject, override: JsonObject) -> dict[str, str]:
    """One field a line, so that a place says which value is meant."""

    def lines(value: JsonObject, indent: int) -> str:
        pad = " " * indent
        return "".join(f"\n{pad}{json.dumps(name)}: {json.dumps(one)}" for name, one in value.items()) or " {}"

    rows = f"- id: one\n  overrides:\n    context:{lines(row, 6)}\n"
    return {
        "assistants/_base.yaml": f"graph_id: writer\ncontext:{lines(base, 2)}\n",
        "assistants/a.yaml": f"extends: _base.yaml\nname: A\ncontext:{lines(own, 2)}\nfor_each: _rows.yaml\n"
        f"overrides:\n  staging:\n    context:{lines(override, 6)}\n",
        "assistants/_rows.yaml": rows,
    }
