"""Tries as values: what is read of them, wherever they stand, and that they change nothing of an assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model import json_path
from reconciler.model.json import Json
from reconciler.model.tries import Expect, Try
from reconciler.model.wanted import Wanted
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import open_git
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.manifests.tries import read_tries
from reconciler.repo.worktree import WorkTree
from reconciler.repo.yaml import Findings, dump
from reconciler.repo.yaml import load as load_yaml
from tests.strategies import json_values

from .conftest import OWNER, Files, git, tell, write

MANIFEST = "graph_id: writer\nname: A\n"
FULL = r"""
- name: everything
  input: {messages: [{role: user, content: Hello}], order: 7}
  expect:
    contains: voucher
    not_contains: [sorry, "as an AI"]
    matches: ['^\d+$', '(?i)hello']
    json_path: {"$.order": 7, "$.messages[-1].content": null, "$..a[?@.b == 1]": [x]}
    max_seconds: 1.50
  interrupt_before: [tools, tools, agent]
- name: everywhere
  input: [1, 2]
  interrupt_before: "*"
- {name: nowhere, input: false, interrupt_before: [], expect: {}}
- {name: a text, input: Hello}
"""


def test_all_fields(read: Callable[[Files], Loaded]) -> None:
    """A text is one message of a user; a text stands for a list of one; a node that is named twice is one."""
    loaded = read({"assistants/a.yaml": MANIFEST, "assistants/a.tries.yaml": FULL})
    assert loaded.diagnostics == ()
    at = "assistants/a.tries.yaml"
    assert loaded.wanted[0].tries == (
        Try(
            name="everything",
            input={"messages": [{"role": "user", "content": "Hello"}], "order": 7},
            expect=Expect(
                contains=("voucher",),
                not_contains=("sorry", "as an AI"),
                matches=(r"^\d+$", "(?i)hello"),
                json_path=(("$.order", 7), ("$.messages[-1].content", None), ("$..a[?@.b == 1]", ["x"])),
                max_seconds=1.5,
            ),
            interrupt_before=("tools", "agent"),
            path=at,
            line=2,
        ),
        Try(name="everywhere", input=[1, 2], interrupt_before="*", path=at, line=11),
        Try(name="nowhere", input=False, interrupt_before=(), path=at, line=14),
        Try(name="a text", input={"messages": [{"role": "user", "content": "Hello"}]}, path=at, line=15),
    )


tried = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", "c d"]), "input": json_values.filter(lambda value: value is not None)},
    optional={
        "expect": st.fixed_dictionaries(
            {},
            optional={
                "contains": st.sampled_from(["x", ["x", "y"], []]),
                "matches": st.sampled_from(["x+", ["^$"]]),
                "json_path": st.dictionaries(st.sampled_from(["$.a", "$", "$..b[0]"]), json_values, max_size=2),
                "max_seconds": st.sampled_from([1, 0.5, 3600]),
            },
        ),
        "interrupt_before": st.sampled_from(["*", [], ["tools"]]),
    },
)
several = st.lists(tried, max_size=3, unique_by=lambda one: str(one["name"]))


def of(files: dict[str, str]) -> Wanted:
    with TemporaryDirectory() as folder:
        write(Path(folder), files)
        loaded = load(WorkTree(Path(folder), open_git(Path(folder))), OWNER)
    assert loaded.diagnostics == (), tell(loaded.diagnostics)
    return loaded.wanted[0]


def bare(items: list[Any]) -> str:
    """The items as a file of tries."""
    return "".join(f"- {line}\n" if first else f"  {line}\n" for item in items for first, line in lines(item)) or "[]"


def lines(item: dict[str, Any]) -> list[tuple[bool, str]]:
    return [(number == 0, line) for number, line in enumerate(dump(item).splitlines())]


@settings(max_examples=60, deadline=None)
@given(several)
def test_it_is_the_same_wherever_they_stand(items: list[Any]) -> None:
    """In the manifest, beside it, in a base, beside a base: the same tries, and nothing else is different."""
    inline, over = MANIFEST + dump({"tries": items}), "extends: _b.yaml\n"
    places = (
        {"assistants/a.yaml": inline},
        {"assistants/a.yaml": MANIFEST, "assistants/a.tries.yml": bare(items)},
        {"assistants/a.yaml": over, "assistants/_b.yaml": inline},
        {"assistants/a.yaml": over, "assistants/_b.yaml": MANIFEST, "assistants/_b.tries.yaml": bare(items)},
    )
    without = of({"assistants/a.yaml": MANIFEST})
    for files in places:
        found = of(files)
        assert [(one.name, one.input) for one in found.tries] == [
            (item["name"], {"messages": [{"role": "user", "content": x}]} if isinstance(x := item["input"], str) else x)
            for item in items
        ]
        assert {one.path for one in found.tries} <= {found.path, *found.files}
        assert replace(found, tries=(), files=()) == without


anything = st.recursive(
    st.sampled_from([None, True, 0, 1.5, "", "a", "*", "$.a", "$.", "(", "a\nb", "x" * 101]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "input", "expect", "interrupt_before", "contains", "matches", "json_path", "nmae"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(anything)
def test_anything_is_read_or_refused(value: Json) -> None:
    """Whatever stands there, it is told, or there are as many tries as entries."""
    document = load_yaml(dump({"tries": value}).encode(), "a.yaml")
    found = Findings(document)
    assert isinstance(document.value, dict)
    result = read_tries(found, document.value["tries"])
    if not found.failed:
        assert isinstance(value, list)
        assert len({one.name for one in result}) == len(result) == len(value)
        assert all(one.name.isprintable() and one.name and one.input is not None for one in result)


@given(st.text(max_size=30) | st.text("$.@?[]()'\"*:&|=! ab01-", max_size=20).map("${}".format))
def test_a_path_is_one_or_it_is_told_why_not(path: str) -> None:
    """No text makes more of it than a message, and what is a path finds something or nothing."""
    wrong = json_path.problem(path)
    if wrong is None:
        json_path.find(path, {"a": [{"b": 1}, "x"], "b": None})
    else:
        assert wrong
        assert "\n" not in wrong


def test_a_path_may_be_as_deep_as_it_likes() -> None:
    """It finds nothing, or is a message, and no crash."""
    assert json_path.find("$" + "[0]" * 5000, [[]]) == []
    assert json_path.problem("$[?" + "(" * 5000 + "@.a") is not None


def test_a_file_of_tries_may_be_anything_but_followed_out(tmp_path: Path) -> None:
    """A link that leads out of the repository is an error, and no reading of what it leads to."""
    write(tmp_path, {"outside.yaml": "- {name: a, input: b}\n", "in/assistants/a.yaml": MANIFEST})
    (tmp_path / "in/assistants/a.tries.yaml").symlink_to("../../outside.yaml")
    loaded = load(WorkTree(tmp_path / "in"), OWNER)
    assert tell(loaded.diagnostics) == (
        "assistants/a.tries.yaml:1:1: error: the file of tries leads out of the repository [bad-file]\n"
    )


def test_in_a_commit_they_are_as_in_the_tree(tmp_path: Path) -> None:
    """History is read by the same code."""
    git(tmp_path, "init", "-q")
    write(tmp_path, {"assistants/a.yaml": MANIFEST, "assistants/a.tries.yaml": FULL})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    repository = open_git(tmp_path)
    assert repository is not None
    with CommitTree(repository, "HEAD") as tree:
        then = load(tree, OWNER)
    assert then.wanted == load(WorkTree(tmp_path, repository), OWNER).wanted
    assert len(then.wanted[0].tries) == 4
