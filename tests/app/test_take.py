"""What nobody manages becomes manifests that say what is live; everything else stays where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.take import write
from reconciler.errors import InvalidSource, ReconcilerError, UsageError
from reconciler.model.defaults import default_id
from tests.app.taking import LONG, Place
from tests.fake import JS

ID = "62e209ca-9154-432a-b9e9-2d75c7a9219b"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    return Place(tmp_path / "repo")


def test_a_manifest_for_each(place: Place) -> None:
    """Its key from graph and name, its id, its long texts in files; then a plan has nothing to do."""
    place.server.create(
        assistant_id=ID,
        graph_id="writer",
        name="Tweet Writer (v2)",
        description="Short posts",
        context={"system_prompt": LONG, "temperature": 0.5},
        config={"recursion_limit": 25},
        metadata={"team": "social", "tier": {"a": [1, None]}, "thread_id": "x", "gone": None},
    )
    found = place.take()
    assert [(one.key, one.name, one.graph_id, one.joined) for one in found.taken] == [
        ("writer/tweet-writer-v2", "Tweet Writer (v2)", "writer", False)
    ]
    assert place.text("assistants/writer/prompts/tweet-writer-v2.system_prompt.md") == LONG
    assert place.text("assistants/writer/tweet-writer-v2.yaml") == (
        "graph_id: writer\n"
        "name: Tweet Writer (v2)\n"
        "description: Short posts\n"
        "context:\n"
        "  system_prompt: !file prompts/tweet-writer-v2.system_prompt.md\n"
        "  temperature: 0.5\n"
        "config:\n"
        "  recursion_limit: 25\n"
        "metadata:\n"
        "  team: social\n"
        "  tier:\n"
        "    a:\n"
        "      - 1\n"
        "      - null\n"
        f"assistant_id: {json.dumps(ID)}\n"
    )
    assert place.server.log.writes == []
    plan = place.plan()
    assert (plan.is_empty, len(plan.adopted)) == (True, 1)


def test_without_a_folder(place: Place) -> None:
    """Also where assistants/ is not there yet."""
    (place.repo.root / "assistants").rmdir()
    place.server.create(graph_id="writer", name="One")
    assert [one.key for one in place.take().taken] == ["writer/one"]
    assert place.plan().is_empty


def test_who_is_not_taken(place: Place) -> None:
    """Not a default, not ours, not another owner's, not a copy, not what a manifest names or gives up."""
    place.repo.manifest("ours")
    place.repo.write("assistants/adopted.yaml", f"graph_id: writer\nname: A\nassistant_id: {ID}\n")
    other = "11111111-1111-4111-8111-111111111111"
    place.repo.write("assistants/given-up.yaml", f"removed: keep\nassistant_id: {other}\n")
    place.server.create(assistant_id=ID, graph_id="writer", name="A")
    place.server.create(assistant_id=other, graph_id="writer", name="B")
    place.server.create(
        graph_id="writer", name="copy", metadata={"reconciler": {"owner": "acme", "key": "x", "id": ID}}
    )
    theirs = "22222222-2222-4222-8222-222222222222"
    mark = {"owner": "team-b", "key": "x", "id": theirs}
    place.server.create(assistant_id=theirs, graph_id="writer", name="theirs", metadata={"reconciler": mark})
    mine = "33333333-3333-4333-8333-333333333333"
    mark = {"owner": "acme", "key": "gone", "id": mine}
    place.server.create(assistant_id=mine, graph_id="writer", name="orphan", metadata={"reconciler": mark})
    assert default_id("writer") in place.server.ids()
    found = place.find()
    assert (found.taken, found.left, found.files) == ((), (), {})


def test_keys_are_unique(place: Place) -> None:
    """Against files, keys that differ in case, prompts, live ones of ours, Windows' own names, and each other."""
    place.repo.write("assistants/writer/Two.yaml", "graph_id: writer\nname: Another\n")
    place.repo.write("assistants/writer/prompts/three.system_prompt.md", "mine")
    mine = "33333333-3333-4333-8333-333333333333"
    mark = {"owner": "acme", "key": "writer/four", "id": mine}
    place.server.create(assistant_id=mine, graph_id="writer", name="orphan", metadata={"reconciler": mark})
    names = ["One", "one!", "two", "three", "four", "日本", "con", "a.tries", "../../x", "Ärger ÄÄ", "_base", "x" * 300]
    for number, name in enumerate(names):
        identifier = f"{number:08d}-1111-4111-8111-111111111111"
        context = {"system_prompt": LONG}
        place.server.create(assistant_id=identifier, graph_id="writer", name=name, context=context)
    found = place.take()
    assert {one.name: one.key for one in found.taken} == {
        "One": "writer/one",
        "one!": "writer/one-2",
        "two": "writer/two-2",
        "three": "writer/three-2",
        "four": "writer/four-2",
        "日本": "writer/assistant-00000005",
        "con": "writer/con-1",
        "a.tries": "writer/a-tries",
        "../../x": "writer/x",
        "Ärger ÄÄ": "writer/arger-aa",
        "_base": "writer/base",
        "x" * 300: f"writer/{'x' * 50}",
    }
    assert place.text("assistants/writer/prompts/three.system_prompt.md") == "mine"
    assert place.find().taken == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"context": {"temperature": 2.0**60}}, "context.temperature is past 2^53"),
        ({"context": {"tone": 1}}, "context field `tone` is not known"),
        ({"context": {"system_prompt": f"sk-ant-api03-{'Ab3' * 31}-AAAAAA"}}, "looks like"),
        ({"name": f"sk-ant-api03-{'Ab3' * 31}-AAAAAA"}, "looks like"),
        ({"config": {"callbacks": 1}}, "config.callbacks"),
        ({"name": "x" * 600}, "600 characters"),
    ],
)
def test_what_cannot_be_said_is_left_alone(place: Place, fields: dict[str, Any], said: str) -> None:
    """It is named with the place and the reason; the others are written."""
    place.server.create(**{"graph_id": "writer", "name": "Bad", **fields})
    place.server.create(graph_id="writer", name="Good", context={"system_prompt": LONG})
    found = place.take()
    assert [one.key for one in found.taken] == ["writer/good"]
    (left,) = found.left
    assert left.name in ("Bad", "x" * 600, "…")
    assert said in left.why
    assert "Ab3Ab3" not in left.why
    assert "bad" not in " ".join(found.files)
    assert place.plan().is_empty


def test_context_that_servers_drop(tmp_path: Path) -> None:
    """One that a server did keep can be in no manifest: the assistant is left alone, with the field's name."""
    place = Place(tmp_path / "repo", JS)
    place.server.create(graph_id="plain", name="One", context={"langgraph_auth_user_id": "u"})
    (left,) = place.find().left
    assert "`langgraph_auth_user_id` is dropped by the server" in left.why


def test_prompts_that_git_ignores(place: Place) -> None:
    """A file that would be in no commit is no place for a prompt."""
    place.repo.write(".gitignore", "*.md\n")
    place.repo.commit()
    place.server.create(graph_id="writer", name="One", context={"system_prompt": LONG})
    (left,) = place.take().left
    assert "ignored by git" in left.why


def test_keys_of_others_in_the_metadata(place: Place) -> None:
    """What an auth handler writes is left out and said; a key of the server is left out."""
    metadata = {"owner": "user-1", "created_by": "user", "assistant_id": "x", "team": "a"}
    place.server.create(graph_id="writer", name="One", metadata=metadata)
    found = place.take()
    assert "owner" not in place.text("assistants/writer/one.yaml")
    assert found.notes == ("metadata `owner` of 1 assistant is left out: auth handlers write it",)
    assert place.plan().is_empty


def test_a_graph_without_a_schema(place: Place) -> None:
    """It is written, and a note says what is missing for a plan."""
    place.repo.remove("schemas/writer.json")
    place.server.create(graph_id="writer", name="One")
    found = place.take()
    assert [one.key for one in found.taken] == ["writer/one"]
    assert "`reconciler schemas pull`" in found.notes[0]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["A one", "A two", "B"]),
        ({"graphs": frozenset({"plain"})}, ["A two"]),
        ({"names": ("A *",)}, ["A one", "A two"]),
        ({"names": ("B", "*two")}, ["A two", "B"]),
        ({"metadata": {"team": "x"}}, ["A one", "B"]),
        ({"metadata": {"team": "x", "n": "1"}}, ["B"]),
        ({"metadata": {"on": "true"}}, ["A two"]),
        ({"graphs": frozenset({"writer"}), "names": ("A*",)}, ["A one"]),
    ],
)
def test_choosing(place: Place, chosen: dict[str, Any], names: list[str]) -> None:
    """By graph, by name and by metadata; several kinds narrow, several graphs or names widen."""
    place.server.create(graph_id="writer", name="A one", metadata={"team": "x"})
    place.server.create(graph_id="plain", name="A two", metadata={"team": "y", "on": True})
    place.server.create(graph_id="writer", name="B", metadata={"team": "x", "n": 1})
    assert sorted(one.name for one in place.find(**chosen).taken) == names


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"graphs": frozenset({"writr"})}, "--graph writr"),
        ({"names": ("Nobody*",)}, "--name Nobody*"),
        ({"metadata": {"team": "z"}}, "--metadata team=z"),
    ],
)
def test_choosing_what_is_not_there(place: Place, chosen: dict[str, Any], said: str) -> None:
    """A typing mistake is no empty result."""
    place.server.create(graph_id="writer", name="One", metadata={"team": "x"})
    with pytest.raises(UsageError) as refused:
        place.find(**chosen)
    assert said in refused.value.message


def test_a_broken_manifest(place: Place) -> None:
    """It may name any assistant, so nothing is taken until it can be read."""
    place.repo.write("assistants/broken.yaml", "graph_id: [")
    with pytest.raises(InvalidSource):
        place.find()


def test_nothing_is_overwritten(place: Place) -> None:
    """Also not what came after the look: then no file is written at all."""
    place.server.create(graph_id="writer", name="One", context={"system_prompt": LONG})
    found = place.find()
    place.repo.write("assistants/writer/one.yaml", "mine")
    with pytest.raises(ReconcilerError) as refused:
        write(place.repo.root, found)
    assert "is there already" in refused.value.message
    assert not (place.repo.root / "assistants/writer/prompts").exists()
    assert place.text("assistants/writer/one.yaml") == "mine"
