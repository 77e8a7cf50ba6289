"""A file that anybody may have written: each field forged, and whole ones made up. It is refused, or it narrows."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from reconciler.app.planfile import loads
from reconciler.errors import UsageError
from reconciler.model.wanted import OnDrift
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import PROJECT_ID, TENANT_ID, Traits
from tests.saved.bench import apply_file, manifest, saved, world, written

OTHER = derived_id("w/kept")
WRONG = [
    None, True, False, 0, 1, 2, 3, -1, 1.5, 10**30, "", "x", "w/kept", OTHER, "../../x", "\x1b[2J", "\ud800",
    "create", "update", "activate", "delete", "overwrite", "hold", "block", "1.0", "a" * 40, "1:" + "0" * 64,
    "http://127.0.0.1:1", PROJECT_ID, [], ["w/kept"], ["w/edited"], ["protected", "max_deletes"], {}, {"a": 1},
]  # in columns, to be read as a table # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document, the containers too."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def put(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    made = copy.deepcopy(document)
    if not path:
        return value
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return made


def without(document: Any, path: tuple[str | int, ...]) -> Any:
    made = copy.deepcopy(document)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return made


def is_refused(content: bytes) -> bool:
    """Whether it is no plan at all, before any server is asked; said in one short line."""
    said = ""
    try:
        loads(content)
    except ValueError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 700
    return bool(said)


@pytest.fixture(scope="module")
def whole() -> tuple[dict[str, Any], set[tuple[str, str, bytes]]]:
    """The file as it was saved, and all that applying it sends."""
    made = world()
    file = saved(made)
    report = apply_file(made, file)
    assert report is not None
    assert (report.exit_code, report.converged, len(report.outcomes)) == (0, True, 4)
    return file, written(made)


PLACES = list(places(saved(world())))


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)) or "all")
def test_every_field(path: tuple[str | int, ...], whole: tuple[dict[str, Any], set[tuple[str, str, bytes]]]) -> None:
    """Left out, or with any wrong value: nothing is sent but what the true file would send, to the byte."""
    file, allowed = whole
    forged = [put(file, path, value) for value in WRONG]
    forged += [without(file, path)] if path else []
    for one in forged:
        if is_refused(json.dumps(one).encode()):
            continue
        made = world()
        with suppress(UsageError):
            apply_file(made, one)
        assert written(made) <= allowed, one


def test_the_sweep_is_whole() -> None:
    """Every field of the file is forged: the published ones, those of all four changes."""
    assert len(PLACES) == 1 + 7 + 4 + 7 + 4 * (1 + 7) + 5  # and the five guards of `allow`
    assert len(PLACES) * len(WRONG) > 1500


@pytest.mark.parametrize(
    "field", ["key", "assistant_id", "action", "target_version", "wanted_hash", "live_version", "live_hash"]
)
def test_a_forged_change_is_not_done(field: str, whole: tuple[dict[str, Any], set[tuple[str, str, bytes]]]) -> None:
    """The other three are; the forged one is named, and the run ends as stale."""
    file, _ = whole
    wrong = {"action": "update", "target_version": 7, "live_version": 7}.get(field, f"1:{'0' * 64}")
    for index, one in enumerate(file["changes"]):
        if one["action"] == wrong:
            continue
        made = world()
        report = apply_file(made, put(file, ("changes", index, field), wrong))
        assert report is not None
        done = {o.change.wanted.key for o in report.outcomes if o.result == "applied" and hasattr(o.change, "wanted")}
        assert one["key"] not in done
        assert one["key"] == "w/gone" or made.server.log.writes
        unknown = field == "assistant_id" and one["action"] == "delete"  # of what is not there nothing is left to do
        assert report.exit_code == (0 if unknown else 4)


def test_a_made_up_change() -> None:
    """A change that nothing asks for: of one that is in step, of one that is not ours, of one that does not exist."""
    made = world()
    theirs = made.server.create(graph_id="writer", name="Theirs", if_exists="do_nothing")["assistant_id"]
    file = saved(made)
    pattern = file["changes"][0]
    for assistant_id in (OTHER, theirs, derived_id("w/nobody")):
        for action in ("create", "update", "activate", "delete"):
            change = pattern | {"key": "x", "assistant_id": assistant_id, "action": action}
            made.server.log.clear()
            before = made.server.state()
            report = apply_file(made, file | {"changes": [change]})
            assert report is not None
            assert made.server.log.writes == []
            assert made.server.state() == before


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({"prune": True}, {"prune": False}),
        ({"adopt": True}, {"adopt": False}),
        ({"on_drift": "overwrite"}, {"on_drift": None}),
    ],
)
def test_a_file_permits_nothing(options: dict[str, Any], given: dict[str, Any]) -> None:
    """What lets more happen is said on the command line, or it is refused with the line to paste."""
    made = world()
    file = saved(made)
    file["options"] |= {"prune": False} | options
    with pytest.raises(UsageError, match="which a file cannot permit") as refused:
        apply_file(made, file, **given)
    assert (refused.value.hint or "").startswith("reconciler apply plan.json --")
    assert made.server.log.writes == []


@pytest.mark.parametrize("named", [[], ["w/precious"]])
def test_a_file_overrides_no_guard(named: list[str]) -> None:
    """`allow` and `allow_delete` in it count for nothing: what is protected stays."""
    made = world()
    made.commit({"w/precious": manifest("p", protected=True), "w/other": manifest("o")})
    made.apply()
    made.commit({"w/other": manifest("o")})
    file = saved(made)
    file["options"] |= {"allow": ["protected"], "allow_delete": named}
    made.server.log.clear()
    assert apply_file(made, file, allow=frozenset({"max_deletes", "max_delete_percent"})) is None
    assert made.server.log.writes == []


def test_a_key_on_another_id() -> None:
    """A file may put any key on any id: of the assistant that has that key nothing is said, and git has it still."""
    made = world()
    file = saved(made)
    forged = file["changes"][0] | {"key": "w/kept", "assistant_id": "62e209ca-9154-432a-b9e9-2d75c7a9219b"}
    report = apply_file(made, file | {"changes": [forged]})
    assert report is not None
    notes = [note for note in report.diagnostics if note.code in ("stale", "already-so")]
    assert [(note.key, "w/kept" in note.message) for note in notes] == [(None, False)]
    assert forged["assistant_id"] in notes[0].message


@pytest.mark.parametrize("action", ["update", "delete"])
def test_thousands_of_made_up_ids_are_one_line(action: str) -> None:
    """What is true is not drowned in what a file makes up."""
    made = world()
    file = saved(made)
    pattern = file["changes"][0] | {"action": action}
    file["changes"] += [pattern | {"key": f"k{n}", "assistant_id": f"{n:036}"} for n in range(3000)]
    report = apply_file(made, file)
    assert report is not None
    (note,) = report.diagnostics
    assert f"{0:036}, {1:036}" in note.message
    assert "and 2,995 more" in note.message
    assert len(note.message) < 400


def test_a_file_names_nothing() -> None:
    """What a rollback holds is lifted by name alone, on the command line: a file that names it does not."""
    made = World.of(Traits())
    for name in ("Before", "After"):
        made.commit({"w/one": manifest("a") | {"name": name}})
        made.apply()
    made.server.set_latest(derived_id("w/one"), 1)
    overwrite = {"on_drift": OnDrift.OVERWRITE}
    file = saved(made, **overwrite, named=frozenset({"w/one"}))
    assert [one["action"] for one in file["changes"]] == ["activate"]
    made.server.log.clear()
    report = apply_file(made, file, **overwrite)
    assert made.server.log.writes == []
    assert report is not None
    assert report.exit_code in (4, 5)
    (note,) = [note for note in report.diagnostics if note.code == "stale"]
    assert "it was rolled back, and git still says what was rolled back from" in note.message
    assert (note.hint or "").endswith("reconciler apply w/one --on-drift overwrite")


@pytest.mark.parametrize("options", [{"prune": False}, {"selected": ["w/new"]}])
def test_a_deletion_that_nobody_looked_at_is_not_done_already(options: dict[str, Any]) -> None:
    """A file that is made not to prune deletes nothing; what is still there is stale, and not called gone."""
    made = world()
    file = saved(made)
    file["options"] |= options
    report = apply_file(made, file)
    assert report is not None
    assert derived_id("w/gone") in made.server.ids()
    assert (report.exit_code, "w/gone" in report.outdated) == (4, True)
    (note,) = [note for note in report.diagnostics if (note.code, note.key) == ("stale", "w/gone")]
    assert note.message.endswith("delete was planned and is not done: the plan was saved without --prune")


@pytest.mark.parametrize(
    ("selected", "said"),
    [
        ([], "only about no assistant; no other one was looked at"),
        (["w/kept"], "only about `w/kept`; no other one was looked at"),
        ([f"k{n}\n" * 50 for n in range(9)], "and 4 more; no other one was looked at"),
    ],
)
def test_a_file_that_is_about_few_says_so(selected: list[str], said: str) -> None:
    """One that was made to leave out everything does not look like nothing to do."""
    made = world()
    file = saved(made)
    file["options"] |= {"selected": selected, "prune": False}
    report = apply_file(made, file | {"changes": []})
    assert report is not None
    assert made.server.log.writes == []
    (note,) = [note for note in report.diagnostics if note.code == "selected"]
    assert note.message.endswith(said)
    assert len(note.message) < 700


def test_what_nobody_needs_is_no_failed_proof() -> None:
    """All that was written is read back and right: a decision of which nothing is left says nothing else."""
    made = world()
    file = saved(made)
    file["changes"].append(file["changes"][0] | {"key": "x", "assistant_id": "62e209ca-9154-432a-b9e9-2d75c7a9219b"})
    report = apply_file(made, file)
    assert report is not None
    assert (report.exit_code, report.converged) == (4, True)


@pytest.mark.parametrize("name", ["project_id", "tenant_id"])
def test_another_server_is_refused(name: str) -> None:
    """Each id that /info says is compared, also where one side does not say it."""
    file = saved(world(Traits(host_ids="set")))
    assert (file["deployment"]["project_id"], file["deployment"]["tenant_id"]) == (PROJECT_ID, TENANT_ID)
    for then in (None, "another"):
        here = world(Traits(host_ids="set"))
        with pytest.raises(UsageError, match=f"for another server: .* this is {name} "):
            apply_file(here, put(file, ("deployment", name), then))
        assert here.server.log.writes == []
    here, other = world(), "tenant_id" if name == "project_id" else "project_id"
    with pytest.raises(UsageError, match=f"for another server: it was made for {name}"):
        apply_file(here, put(file, ("deployment", other), None))
    assert here.server.log.writes == []
    report = apply_file(world(Traits(host_ids="set")), file)
    assert report is not None
    assert report.exit_code == 0
