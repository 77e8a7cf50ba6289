"""A tree of manifests becomes what git wants."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from reconciler.model.spec import Spec
from reconciler.model.wanted import OnDrift, Wanted
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.worktree import WorkTree

from .conftest import OWNER, Files, codes, write

Read = Callable[[Files], Loaded]
SMALL = "graph_id: writer\nname: Tweet writer\n"


def test_every_field_of_a_manifest(read: Read) -> None:
    """A manifest with all fields is exactly this value."""
    manifest = (
        "# a comment\n"
        "graph_id: writer\nname: Tweet writer\ndescription: Short posts\n"
        "context:\n  tone: warm\n  system_prompt: !file ../prompts/tweet.md\n"
        "config: {recursion_limit: 25, tags: [a]}\n"
        "metadata: {team: social}\nprotected: true\nignore: [context.tone, config]\non_drift: hold\n"
    )
    loaded = read({"assistants/writer/tweet.yaml": manifest, "assistants/prompts/tweet.md": "Be brief.\n"})
    assert loaded.diagnostics == ()
    assert loaded.wanted == (
        Wanted(
            key="writer/tweet",
            assistant_id=str(
                uuid.uuid5(uuid.uuid5(uuid.UUID("e8ff3f8a-72c6-4a5a-b05d-21d4fe784185"), "acme-agents"), "writer/tweet")
            ),
            spec=Spec(
                graph_id="writer",
                name="Tweet writer",
                description="Short posts",
                context={"tone": "warm", "system_prompt": "Be brief.\n"},
                config={"recursion_limit": 25, "tags": ["a"]},
                metadata={"team": "social"},
            ),
            path="assistants/writer/tweet.yaml",
            line=2,
            files=("assistants/prompts/tweet.md",),
            sources=((("context", "system_prompt"), "assistants/prompts/tweet.md"),),
            protected=True,
            ignore=(("config",), ("context", "tone")),
            on_drift=OnDrift.HOLD,
        ),
    )


def test_a_named_assistant_is_adopted(read: Read) -> None:
    """`assistant_id` stands in place of the derived id."""
    named = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
    (one,) = read({"assistants/a.yml": SMALL + f"assistant_id: {named}\n"}).wanted
    assert (one.assistant_id, one.adopts, one.key) == (named, True, "a")


def test_a_default_assistant_has_the_servers_id(read: Read) -> None:
    """`default: true` needs only graph_id; the id is the one the server made for the graph (S22)."""
    (one,) = read({"assistants/d.yaml": "graph_id: writer\ndefault: true\ncontext: {tone: warm}\n"}).wanted
    assert one.assistant_id == str(uuid.uuid5(uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8"), "writer"))
    assert (one.default, one.adopts, one.spec.context) == (True, False, {"tone": "warm"})


def test_a_name_beside_default_is_a_warning(read: Read) -> None:
    """The server puts the name of a default assistant back, so it is said and not managed."""
    loaded = read({"assistants/d.yaml": "graph_id: writer\ndefault: true\nname: Mine\n"})
    assert [(d.severity, d.code) for d in loaded.diagnostics] == [("warning", "default-name")]
    assert len(loaded.wanted) == 1


@pytest.mark.parametrize("name", ["tweet.YAML", "writer/tweet.Yml"])
def test_an_ending_in_other_letters_is_an_error(read: Read, name: str) -> None:
    """Passed over, it would look as if git had given its assistant up."""
    loaded = read(
        {f"assistants/{name}": "graph_id: w\nname: A\n", "assistants/_base.YAML": "", "assistants/a.json": "{}"}
    )
    (found,) = loaded.diagnostics
    assert (found.code, found.path, loaded.wanted) == ("manifest-name", f"assistants/{name}", ())
    assert found.hint == f"git mv assistants/{name} assistants/{name.lower()}"


def test_what_is_no_manifest_is_not_read(read: Read) -> None:
    """Files that start with `_`, tries, and other endings are not manifests."""
    files = {"_base.yaml": "{", "_base.tries.yaml": "{", "_base.tries.yml": "{", "notes.md": "{", "a.yaml": SMALL}
    loaded = read({f"assistants/w/{name}": text for name, text in files.items()})
    assert [one.key for one in loaded.wanted] == ["w/a"]
    assert loaded.diagnostics == ()


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    """However a tree lists its files, the same is wanted and the same is said."""
    files = {f"assistants/{n}.yaml": SMALL for n in "cab"} | {"assistants/x.yaml": "[]", "assistants/A.yaml": SMALL}
    write(tmp_path, files)

    class Shuffled(WorkTree):
        order: Iterable[str] = ()

        def paths(self, folder: str) -> list[str]:
            return list(self.order)

    seen = set()
    for order in itertools.permutations(sorted(files)):
        tree = Shuffled(tmp_path)
        tree.order = order
        loaded = load(tree, OWNER)
        seen.add((repr(loaded.wanted), repr(loaded.diagnostics)))
    assert len(seen) == 1


def test_a_broken_manifest_is_an_error_and_the_others_are_read(read: Read) -> None:
    """A file that does not parse never looks like a deletion: whoever plans sees that the tree failed."""
    loaded = read({"assistants/a.yaml": SMALL, "assistants/b.yaml": "name: [\n", "assistants/c.yaml": "graph_id: 1\n"})
    assert [one.key for one in loaded.wanted] == ["a"]
    assert loaded.failed
    assert {d.path for d in loaded.diagnostics} == {"assistants/b.yaml", "assistants/c.yaml"}
    assert {d.key for d in loaded.diagnostics} == {"b", "c"}


def test_no_folder_is_an_error(read: Read) -> None:
    """Without assistants/ the tree is not a repository of manifests."""
    assert [(d.severity, d.code) for d in read({"x": ""}).diagnostics] == [("error", "no-source")]


def test_an_empty_folder_is_a_warning(read: Read) -> None:
    """An empty folder wants nothing, and says so; the guard against deleting everything is the plan's."""
    loaded = read({"assistants/README.md": ""})
    assert loaded.wanted == ()
    assert [(d.severity, d.code) for d in loaded.diagnostics] == [("warning", "empty-source")]


@pytest.mark.parametrize(
    ("files", "code", "both"),
    [
        ({"a.yaml": SMALL, "a.yml": SMALL}, "same-key", ["a.yaml", "a.yml"]),
        ({"w/a.yaml": SMALL, "W/a.yaml": SMALL}, "key-case", ["W/a.yaml", "w/a.yaml"]),
        (
            {"a.yaml": "graph_id: w\ndefault: true\n", "b.yaml": "graph_id: w\ndefault: true\n"},
            "same-assistant",
            ["a.yaml", "b.yaml"],
        ),
        (
            {
                "a.yaml": SMALL + "assistant_id: 62e209ca-9154-432a-b9e9-2d75c7a9219b\n",
                "b.yaml": SMALL + "assistant_id: 62e209ca-9154-432a-b9e9-2d75c7a9219b\n",
            },
            "same-assistant",
            ["a.yaml", "b.yaml"],
        ),
    ],
)
def test_the_same_assistant_twice_names_both(read: Read, files: dict[str, str], code: str, both: list[str]) -> None:
    """Two manifests of one assistant are an error at one that names the other."""
    loaded = read({f"assistants/{name}": text for name, text in files.items()})
    (found,) = loaded.diagnostics
    assert (found.code, found.severity) == (code, "error")
    assert found.path == f"assistants/{both[1]}"
    assert f"assistants/{both[0]}" in found.message


@pytest.mark.parametrize(
    "name", ["über.yaml", ".hidden.yaml", "a b.yaml", "-x.yaml", "_drafts/a.yaml", "x" * 101 + ".yaml"]
)
def test_keys_have_a_grammar(read: Read, name: str) -> None:
    """What cannot be part of a key is refused, not renamed."""
    loaded = read({f"assistants/{name}": SMALL})
    assert codes(loaded) == ["key-grammar"]
    assert loaded.wanted == ()


def test_places_of_fields(read: Read) -> None:
    """A message about a field points into the manifest, one about a `!file` text into that file."""
    manifest = SMALL + "context:\n  tone: warm\n  prompt: !file p.md\n"
    loaded = read({"assistants/a.yaml": manifest, "assistants/p.md": "x"})
    (one,) = loaded.wanted
    assert loaded.locate(one, ("context", "tone")) == ("assistants/a.yaml", 4, 9)
    assert loaded.locate(one, ("context", "prompt")) == ("assistants/p.md", 1, 1)
    assert loaded.locate(one, ("context", "prompt"), name=True) == ("assistants/a.yaml", 5, 3)
    assert loaded.locate(one, ("context", "absent")) == ("assistants/a.yaml", 3, 1)
