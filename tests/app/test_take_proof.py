"""Nothing is written that would not read as what is live: a draft that says something else is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.app.take.prove import prove
from reconciler.app.take.takings import Draft, Left
from reconciler.errors import InvalidSource
from reconciler.model.live import Live, Version
from reconciler.model.spec import Spec
from reconciler.repo.manifests import Manifests
from tests.app.taking import PRODUCTION, STAGING, Places

SPEC = Spec(graph_id="plain", name="One", context={"a": 1})
LIVE = Live(assistant_id=PRODUCTION, row=Version(number=1, spec=SPEC))
MANIFEST = f"graph_id: plain\nname: One\ncontext: {{a: 1}}\nassistant_id: {PRODUCTION}\ndeployments: [production]\n"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "repo")


def proved(places: Places, draft: Draft) -> tuple[list[Draft], list[Left]]:
    source = places.source("production")
    return prove(source, Manifests(source.repository.tree, source.repository.settings), "production", [draft])


def draft(content: str) -> Draft:
    files = {"assistants/one.yaml": content.encode()}
    return Draft(key="one", live=LIVE, spec=SPEC, manifest="assistants/one.yaml", files=files)


def test_what_says_the_same(places: Places) -> None:
    """It passes as it is."""
    one = draft(MANIFEST)
    assert proved(places, one) == ([one], [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a: 1", "a: true", "would not say what is live"),
        ("a: 1", 'a: "1"', "would not say what is live"),
        ("name: One", "name: one", "would not say what is live"),
        (PRODUCTION, STAGING, "about another assistant"),
        ("[production]", "[staging]", "about another assistant"),
        ("name: One", "key: two\nname: One", "about another assistant"),
        ("name: One", "nmae: One", "is not known"),
        ("a: 1", "api_key: 0123456789abcdef0", "looks like a secret"),
    ],
)
def test_what_says_something_else(places: Places, old: str, new: str, said: str) -> None:
    """It is left alone, with what is wrong."""
    kept, (left,) = proved(places, draft(MANIFEST.replace(old, new)))
    assert kept == []
    assert said in left.why
    assert left.assistant_id == PRODUCTION


def test_content_that_only_the_server_has(places: Places) -> None:
    """The manifest says what the draft says, but that is not what is live."""
    live = replace(LIVE, row=replace(LIVE.row, spec=replace(SPEC, context={"a": 1, "b": 2})))
    kept, (left,) = proved(places, replace(draft(MANIFEST), live=live))
    assert kept == []
    assert "would not say what is live" in left.why


def test_metadata_that_the_manifest_does_not_say(places: Places) -> None:
    """Managed key by key, a plan would not miss it: here it counts."""
    spec = replace(SPEC, metadata={"team": "x"})
    one = replace(draft(MANIFEST), spec=spec, live=replace(LIVE, row=replace(LIVE.row, spec=spec)))
    kept, (left,) = proved(places, one)
    assert kept == []
    assert "would not say what is live" in left.why


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MANIFEST.replace("[production]", "[staging, production]"), "would come to `staging`"),
        (
            f"graph_id: plain\nname: One\ncontext: {{a: 1}}\noverrides: {{staging: {{assistant_id: {STAGING}}}}}\n"
            f"assistant_id: {PRODUCTION}\n",
            "would change in `staging`",
        ),
    ],
)
def test_an_edit_that_reaches_another_deployment(places: Places, content: str, said: str) -> None:
    """A manifest is joined only where the others keep all that it says for them."""
    path = "assistants/one.yaml"
    before = (
        MANIFEST if "come to" in said else f"graph_id: plain\nname: One\ncontext: {{a: 2}}\nassistant_id: {STAGING}\n"
    )
    places.repo.write(path, before)
    joined = replace(draft(MANIFEST), files={}, edits={path: content.encode()})
    kept, (left,) = proved(places, joined)
    assert kept == []
    assert said in left.why


def test_somebody_else_would_be_wrong(places: Places) -> None:
    """Where another manifest would have an error, nothing at all is written, and the error is said."""
    places.repo.write("assistants/two.yaml", MANIFEST)
    with pytest.raises(InvalidSource) as refused:
        proved(places, draft(MANIFEST))
    assert [d.key for d in refused.value.diagnostics] == ["two"]
