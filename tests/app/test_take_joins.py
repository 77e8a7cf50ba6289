"""The twin of an assistant that another deployment has: one manifest for both, with what differs as an override."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from tests.app.taking import PRODUCTION, PROMPT, STAGING, Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "repo")


def test_both_in_one_manifest(places: Places) -> None:
    """Its deployments get the other one, what differs becomes an override, a long text a file; every other line of it
    stays, and neither deployment has anything to change."""
    context = {"system_prompt": PROMPT, "model_name": "openai", "temperature": 0.5}
    places.has("staging", context=context, metadata={"team": "social", "tier": "low"}, description="Posts")
    places.has("production", context={"system_prompt": PROMPT * 2, "model_name": "openai"}, metadata={"team": "social"})
    assert [one.key for one in places.take("staging").taken] == ["writer/tweet-writer"]
    path = "assistants/writer/tweet-writer.yaml"
    before = places.text(path)
    assert before.endswith("deployments:\n  - staging\n")
    places.repo.write(path, before.replace("name: Tweet writer", "name: Tweet writer   # posts"))
    before = places.text(path)
    places.repo.commit()
    found = places.take("production")
    assert [(one.key, one.joined) for one in found.taken] == [("writer/tweet-writer", True)]
    assert places.text(path) == before + (
        "  - production\n"
        "overrides:\n"
        "  production:\n"
        f"    assistant_id: {json.dumps(PRODUCTION)}\n"
        "    context:\n"
        "      system_prompt: !file prompts/tweet-writer.production.system_prompt.md\n"
        "      temperature: null\n"
        '    description: ""\n'
        "    metadata:\n"
        "      tier: null\n"
    )
    assert places.text("assistants/writer/prompts/tweet-writer.production.system_prompt.md") == PROMPT * 2
    assert places.adopted("staging") == places.adopted("production") == ("writer/tweet-writer",)
    assert places.find("production").taken == ()


def test_an_equal_twin(places: Places) -> None:
    """Only its id is another."""
    for name in ("staging", "production"):
        places.has(name, context={"system_prompt": "x"})
    places.take("staging")
    places.repo.commit()
    places.take("production")
    assert places.text("assistants/writer/tweet-writer.yaml").endswith(
        f"  - production\noverrides:\n  production:\n    assistant_id: {json.dumps(PRODUCTION)}\n"
    )
    assert places.adopted("staging") == places.adopted("production")


def test_a_clone_of_the_other_database(places: Places) -> None:
    """The same id and content: only the deployment is added."""
    places.has("staging")
    places.has("production", assistant_id=STAGING)
    places.take("staging")
    places.repo.commit()
    places.take("production")
    assert places.text("assistants/writer/tweet-writer.yaml").endswith("deployments:\n  - staging\n  - production\n")
    assert places.adopted("staging") == places.adopted("production")


def test_a_manifest_for_all_deployments(places: Places) -> None:
    """Imported while one was listed, it names no deployments: only the override is added."""
    places.list("staging")
    places.has("staging", context={"model_name": "openai"})
    places.has("production", context={"model_name": "anthropic"})
    places.take("staging")
    places.list("staging", "production")
    places.repo.commit()
    before = places.text("assistants/writer/tweet-writer.yaml")
    assert "deployments" not in before
    places.take("production")
    assert places.text("assistants/writer/tweet-writer.yaml") == before + (
        f"overrides:\n  production:\n    assistant_id: {json.dumps(PRODUCTION)}\n"
        "    context:\n      model_name: anthropic\n"
    )
    assert places.adopted("staging") == places.adopted("production")


def test_a_manifest_that_has_somebody_there(places: Places) -> None:
    """It is for that one; the twin gets its own."""
    places.repo.write("assistants/tweets.yaml", f"graph_id: writer\nname: Tweet writer\nassistant_id: {PRODUCTION}\n")
    places.has("production")
    places.has("production", assistant_id="11111111-1111-4111-8111-111111111111", context={"system_prompt": "x"})
    found = places.take("production")
    assert [(one.key, one.joined) for one in found.taken] == [("writer/tweet-writer", False)]
    assert places.adopted("production") == ("tweets", "writer/tweet-writer")


def test_two_twins(places: Places) -> None:
    """Nobody knows which of them it is: each gets its own manifest, and that is said."""
    places.has("staging")
    places.has("production")
    places.has("production", assistant_id="11111111-1111-4111-8111-111111111111", context={"system_prompt": "x"})
    places.take("staging")
    places.repo.commit()
    before = places.text("assistants/writer/tweet-writer.yaml")
    found = places.take("production")
    assert [one.key for one in found.taken] == ["writer/tweet-writer-2", "writer/tweet-writer-3"]
    assert not any(one.joined for one in found.taken)
    assert "none joins `writer/tweet-writer`" in found.notes[0]
    assert places.text("assistants/writer/tweet-writer.yaml") == before
    assert len(places.adopted("production")) == 2


def test_a_twin_that_is_managed(places: Places) -> None:
    """Two of that name are there, whoever manages the other one: so this one does not join either."""
    places.has("staging")
    places.take("staging")
    places.repo.write("assistants/tweets.yaml", f"graph_id: writer\nname: Tweet writer\nassistant_id: {PRODUCTION}\n")
    places.has("production")
    places.has("production", assistant_id="11111111-1111-4111-8111-111111111111", context={"system_prompt": "x"})
    assert [(one.key, one.joined) for one in places.find("production").taken] == [("writer/tweet-writer-2", False)]


def test_others_are_no_twins(places: Places) -> None:
    """What another owner manages there, and a copy, are nobody's twins."""
    places.has("staging")
    places.take("staging")
    places.repo.commit()
    places.has("production")
    theirs = "22222222-2222-4222-8222-222222222222"
    for identifier in (theirs, "33333333-3333-4333-8333-333333333333"):
        mark = {"owner": "team-b", "key": "x", "id": theirs}
        places.has("production", assistant_id=identifier, metadata={"reconciler": mark})
    assert [one.joined for one in places.find("production").taken] == [True]


def test_two_manifests(places: Places) -> None:
    """Nobody knows which of the two it is a twin of."""
    for key in ("one", "two"):
        places.repo.write(f"assistants/{key}.yaml", "graph_id: writer\nname: Tweet writer\ndeployments: [staging]\n")
    places.has("production")
    found = places.find("production")
    assert [(one.key, one.joined) for one in found.taken] == [("writer/tweet-writer", False)]
    assert "none joins `one` or `two`" in found.notes[0]


def test_a_manifest_whose_assistant_was_renamed(places: Places) -> None:
    """It has somebody there, under another name: the one that has its name now gets its own manifest."""
    places.repo.write("assistants/tweets.yaml", f"graph_id: writer\nname: Tweet writer\nassistant_id: {STAGING}\n")
    places.has("production", assistant_id=STAGING, name="Renamed by hand")
    places.has("production")
    assert [(one.key, one.joined) for one in places.find("production").taken] == [("writer/tweet-writer", False)]


@pytest.mark.parametrize("how", ["changed", "new"])
def test_what_is_not_committed_is_not_changed(places: Places, how: str) -> None:
    """It is named, and nothing is written, no prompt either."""
    places.has("staging", context={"model_name": "openai"})
    places.has("production", context={"system_prompt": PROMPT})
    if how == "new":
        places.repo.commit()
    places.take("staging")
    path = "assistants/writer/tweet-writer.yaml"
    if how == "changed":
        places.repo.commit()
        places.repo.write(path, places.text(path) + "# mine\n")
    before = places.text(path)
    with pytest.raises(ReconcilerError) as refused:
        places.take("production")
    assert path in refused.value.message
    assert "commit" in str(refused.value.hint)
    assert places.text(path) == before
    assert not (places.repo.root / "assistants/writer/prompts").exists()


def test_a_link_is_not_followed(places: Places, tmp_path: Path) -> None:
    """A manifest that is a link stays one, and what it leads to stays as it is."""
    real = "graph_id: writer\nname: Tweet writer\ndeployments: [staging]\n"
    places.repo.write("elsewhere.yaml", real)
    (places.repo.root / "assistants/tweets.yaml").symlink_to(places.repo.root / "elsewhere.yaml")
    places.repo.commit()
    places.has("production", context={"system_prompt": PROMPT})
    with pytest.raises(ReconcilerError) as refused:
        places.take("production")
    assert "is a link" in refused.value.message
    assert places.text("elsewhere.yaml") == real
    assert not list((places.repo.root / "assistants").rglob("*.md"))


def test_a_base_and_what_others_own(places: Places) -> None:
    """The difference is against all that the manifest is made of; ignored fields are not git's to say."""
    places.repo.write("assistants/_base.yaml", "graph_id: writer\ncontext:\n  model_name: openai\n")
    places.repo.write(
        "assistants/tweets.yaml",
        "extends: _base.yaml\nname: Tweet writer\nignore: [context.temperature]\ndeployments: [staging]  # not all\n",
    )
    places.repo.commit()
    places.has("production", context={"model_name": "openai", "temperature": 0.9, "system_prompt": "x"})
    places.take("production")
    assert places.text("assistants/tweets.yaml") == (
        "extends: _base.yaml\nname: Tweet writer\nignore: [context.temperature]\n"
        "deployments: [staging, production]  # not all\n"
        f"overrides:\n  production:\n    assistant_id: {json.dumps(PRODUCTION)}\n    context:\n      system_prompt: x\n"
    )
    assert places.adopted("production") == ("tweets",)


@pytest.mark.parametrize(
    "more",
    [
        "default: true\ndeployments: [staging]\n",
        "deployments: [staging]\nfor_each: [{id: one}]\n",
        f"overrides:\n  production:\n    assistant_id: {STAGING}\n",
    ],
)
def test_manifests_that_nobody_joins(places: Places, more: str) -> None:
    """A default's, one of many rows, one that names its assistant there: the twin gets its own."""
    name = "" if more.startswith("default") else "name: Tweet writer\n"
    places.repo.write("assistants/tweets.yaml", f"graph_id: writer\n{name}{more}")
    places.has("production", name="writer" if not name else "Tweet writer")
    (taken,) = places.take("production").taken
    assert (taken.joined, taken.key.partition("/")[0]) == (False, "writer")


def test_a_null_that_no_override_can_say(places: Places) -> None:
    """In a merge patch it removes: that one is left alone, named, and nothing is written."""
    places.has("staging", graph_id="plain")
    places.has("production", graph_id="plain", context={"a": {"b": None}})
    places.take("staging")
    places.repo.commit()
    found = places.take("production")
    assert (found.taken, found.edits) == ((), {})
    assert "overrides.production" in found.left[0].why
    assert "null" in found.left[0].why
