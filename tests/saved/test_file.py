"""The file: decisions and hashes, the same bytes for the same plan."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.app.planfile import dumps, loads, schema
from reconciler.model.json import canonical
from reconciler.model.plan import Deployment
from reconciler.model.saved import Decision, Identity, SavedPlan, Shape
from reconciler.model.wanted import OnDrift
from tests.saved.bench import saved, world
from tests.strategies import made

texts = st.text(st.characters(exclude_categories=[]), max_size=20)
hashes = st.none() | st.from_regex(r"1:[0-9a-f]{64}", fullmatch=True)
numbers = st.none() | st.integers(0, 2**53)
keys = st.lists(texts, max_size=3).map(tuple)
decisions = made(
    Decision,
    key=texts,
    assistant_id=texts,
    action=st.sampled_from(["create", "update", "activate", "delete"]),
    target_version=numbers,
    wanted=hashes,
    live_version=numbers,
    live=hashes,
)
plans = made(
    SavedPlan,
    deployment=made(Deployment, name=st.none() | texts, url=texts),
    identity=made(Identity, project_id=st.none() | texts, tenant_id=st.none() | texts),
    owner=texts,
    commit=st.none() | st.from_regex(r"[0-9a-f]{40}(-dirty)?", fullmatch=True),
    made_at=st.just("2026-01-31T12:00:00Z"),
    options=made(
        Shape,
        prune=st.booleans(),
        adopt=st.booleans(),
        on_drift=st.none() | st.sampled_from(OnDrift),
        selected=st.none() | keys,
        named=keys,
        allow=keys,
        allow_delete=keys,
    ),
    changes=st.lists(decisions, max_size=3, unique_by=lambda one: one.assistant_id).map(tuple),
)


@given(plans)
def test_round_trip(plan: SavedPlan) -> None:
    """What is written is read back equal, whatever names a server or a repository holds, and is canonical."""
    content = dumps(plan)
    assert loads(content) == plan
    assert content == canonical(json.loads(content)) + b"\n"


def test_the_schema_is_one() -> None:
    """The published schema is a JSON Schema, and closed at every depth."""
    Draft202012Validator.check_schema(schema())
    said = json.dumps(schema())
    assert said.count('"additionalProperties": false') == said.count('"properties": {')


def test_the_same_plan_is_the_same_bytes() -> None:
    """Two plans of the same state give one file; it names every change with what it is decided on."""
    file = saved(world())
    assert file == saved(world())
    found = {one["key"]: one for one in file["changes"]}
    assert {key: one["action"] for key, one in found.items()} == {
        "w/new": "create",
        "w/edited": "update",
        "w/reverted": "activate",
        "w/gone": "delete",
    }
    assert (found["w/new"]["live_version"], found["w/new"]["live_hash"]) == (None, None)
    assert (found["w/reverted"]["live_version"], found["w/reverted"]["target_version"]) == (2, 1)
    assert found["w/gone"]["wanted_hash"] is None


def test_no_content_is_in_it() -> None:
    """Neither what git wants nor what is live: a file may be stored where prompts may not."""
    made = world()
    made.git[0].spec.context["model_name"] = "a secret recipe"
    made.server.patch(made.live("w/kept")["assistant_id"], name="a secret name")
    assert "secret" not in json.dumps(saved(made))
