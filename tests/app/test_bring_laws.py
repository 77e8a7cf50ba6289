"""Whatever is live comes into git, wherever the files say it: read back, planned and applied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.app.bring import bring, drifted, put
from reconciler.app.observe import inputs
from reconciler.app.source import open_repository, read_source
from reconciler.model.change import Reason
from reconciler.model.json import Json, same
from reconciler.model.wanted import OnDrift
from tests.app.bringing import Folder
from tests.app.team import Team
from tests.app.world import World
from tests.fake import JS, LG, LH, Traits
from tests.strategies import json_values, objects

PROMPTS = st.sampled_from(
    ["", "short", "Line one.\nLine two.\n", "a\r\nb", "x" * 130, " lead", "\ufeffmark", "${x} $$"]
)
CONTENTS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["One", "no", "a: b", "# c", "日本", "\u202eevil", "x\ny"]),
        "description": st.sampled_from(["", "d", "two\nlines"]),
        "context": st.fixed_dictionaries(
            {},
            optional={
                "prompt": PROMPTS,
                "texts": st.lists(PROMPTS, max_size=3),
                "a": json_values,
                "b": json_values,
                "deep": objects,
            },
        ),
        "config": st.sampled_from([{}, {"recursion_limit": 5}, {"tags": ["no", "x"]}]),
        "metadata": st.fixed_dictionaries({}, optional={"team": st.sampled_from(["x", "no", 1]), "tier": st.just("y")}),
    }
)
PARTS = {
    "alone": {
        "assistants/w/one.yaml": """\
# c1
graph_id: w
# c2
name: 'One'   # beside
context:
  # c3
  prompt: !file prompts/one.md
  texts: [!file prompts/a.md, plain]
  a: |
    some
    text
  # c4
  deep: {a: 1, b: {c: [1, 2]}}
metadata: {team: x}
# c5
""",
        "assistants/w/prompts/one.md": "Prompt.\n",
        "assistants/w/prompts/a.md": "A",
    },
    "based": {
        "assistants/w/_base.yaml": "# c1\ngraph_id: w\ncontext:\n  prompt: !file prompts/base.md\n  deep: {a: {b: 1}}",
        "assistants/w/one.yaml": "extends: _base.yaml\n# c2\nname: One\ncontext:\n  # c3\n  a: [1, two]\n",
        "assistants/w/two.yaml": "extends: _base.yaml\nname: Two",
        "assistants/w/prompts/base.md": "Prompt.\n",
    },
    "overridden": {
        "assistants/w/one.yaml": """\
graph_id: w
name: One
context: {prompt: !file prompts/one.md, a: {b: 1, c: 2}}
overrides:
  # c1
  staging:
    context:
      # c2
      a: {c: null, b: 3}
    metadata: {team: y}
  production: {name: Other}
""",
        "assistants/w/prompts/one.md": "Prompt.\n",
    },
    "rows": {
        "assistants/w.yaml": """\
graph_id: w
name: !template "${name}"
# c1
context: {prompt: !template {file: w/prompt.md}, a: !each a, texts: !each texts}
for_each: w/_rows.yaml
""",
        "assistants/w/_rows.yaml": """\
# c2
- {id: one, name: One, a: {b: 1}, texts: [!file prompt.md]}
- id: two
  # c3
  name: Two
  a: 5
  texts: []
""",
        "assistants/w/prompt.md": "For $${name} ${name}.\n",
    },
}
COMMENT = re.compile(r"^ *# c\d$", re.MULTILINE)


def has_null(value: Json) -> bool:
    """Whether null stands anywhere but in a list."""
    return value is None or (isinstance(value, dict) and any(map(has_null, value.values())))


@given(
    st.sampled_from(sorted(PARTS)),
    st.sampled_from([[], ["staging"], ["staging", "production"]]),
    CONTENTS,
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_read_back_it_is_what_is_live(
    tmp_path_factory: pytest.TempPathFactory, shape: str, names: list[str], live: dict[str, Any]
) -> None:
    """Each value but a null where that takes something away; nobody else changes, comments stay, and to bring it once
    more changes nothing."""
    if shape == "overridden" and len(names) < 2:
        names = ["staging", "production"]
    folder = Folder.of(tmp_path_factory.mktemp("bring") / "repo", PARTS[shape], names, "schemas: {w: open}\n")
    here = names[0] if names else None
    everywhere = {name: folder.wanted(name) for name in names or [None]}
    patch = {name: {"$whole": value} for name, value in live.items()}
    (goal,) = folder.goals(here, {"w/one": patch})
    before = folder.read()
    brought = folder.bring(here, {"w/one": patch})
    content = goal.spec.as_json()
    for one in brought.kept:
        value: Any = content
        for step in one.path:
            value = value[step]
        assert has_null(value), one
        assert "null" in one.why
    after = folder.read()
    assert after.keys() >= before.keys()
    gone = live["context"].get("a") is None  # no null is written, so that the field goes
    for path, text in before.items() if not gone else ():  # they go with the last field
        assert COMMENT.findall(after[path]) == COMMENT.findall(text), path
    for name, wanted in everywhere.items():
        said = folder.wanted(name)
        assert said.keys() == wanted.keys()
        for key, want in wanted.items():
            if name != here or key != "w/one":
                assert same(said[key].spec.as_json(), want.spec.as_json())
            elif not brought.kept:
                assert same(said[key].spec.as_json(), content)
    again = folder.bring(here, {"w/one": patch})
    assert (again.files, again.edits) == ({}, {})


def _pull(team: Team) -> None:
    """All of what is live, committed."""
    session, repository = team.world.session(), open_repository(team.root)
    looked = drifted(inputs(read_source(repository, None), session, None), session, None)
    brought = bring(repository, None, looked.goals)
    put(repository.root, brought)
    assert (looked.left, brought.kept) == ((), ())
    team.commit("what is live")


NIGHTS = given(st.sampled_from([LG, LH, JS]), CONTENTS, CONTENTS, st.sampled_from(["one", "two", "two nights"]))
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@NIGHTS
@settings(SLOW, max_examples=10)
def test_pulled_then_planned_is_empty(
    tmp_path_factory: pytest.TempPathFactory, traits: Traits, said: dict[str, Any], live: dict[str, Any], edits: str
) -> None:
    """An edit outside git is pulled and committed, or each of two: then apply has nothing to do, but for its own marker
    where metadata went, and an ordinary edit of git is no drift."""
    pulled_then_planned(tmp_path_factory.mktemp("team"), traits, said, live, edits)


@pytest.mark.needs_all  # for half a minute
@NIGHTS
@settings(SLOW, max_examples=80)
def test_many_nights(
    tmp_path_factory: pytest.TempPathFactory, traits: Traits, said: dict[str, Any], live: dict[str, Any], edits: str
) -> None:
    """The same of many."""
    pulled_then_planned(tmp_path_factory.mktemp("team"), traits, said, live, edits)


def pulled_then_planned(folder: Path, traits: Traits, said: dict[str, Any], live: dict[str, Any], edits: str) -> None:
    team = Team.start(folder, World.of(traits))
    team.write("reconciler.yaml", "owner: acme\nschemas: {writer: open}\n")
    team.write("assistants/w/p.md", "Prompt.\n")
    team.write(
        "assistants/w/one.yaml", "graph_id: writer\nname: One\ncontext: {prompt: !file p.md}\nmetadata: {team: x}\n"
    )
    team.commit("one")
    assert team.apply().converged
    server = team.world.server
    (one,) = [i for i in server.ids() if server.get(i)["metadata"].get("reconciler")]
    for fields in [live] if edits == "one" else [said, live]:
        # A context that is emptied leaves its values beside it (docs/server.md, S4): that is left, not taken.
        server.patch(one, **(fields | {"context": fields["context"] or {"a": 1}}))
        if fields is live or edits == "two nights":
            _pull(team)
    plan = team.plan()
    assert plan.held == ()
    assert all(change.reasons == (Reason.MARKER,) for change in plan.changes)
    versions = len(server.versions(one))
    assert team.apply().converged
    assert len(server.versions(one)) - versions == len(plan.changes)
    text = (team.root / "assistants/w/one.yaml").read_text("utf-8")
    team.write("assistants/w/one.yaml", re.sub(r"^name: .*\n(?: .*\n|\n)*", "name: Anew\n", text, flags=re.MULTILINE))
    team.commit("an ordinary edit")
    plan = team.plan(default_on_drift=OnDrift.BLOCK)
    assert not plan.blocked
    assert [change.reasons for change in plan.changes] == [(Reason.MANIFEST,)]
