"""What always holds of the pure part, whatever the values are."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import fields, managed, paths
from reconciler.core.compose import Provenance, compose
from reconciler.model.change import ABSENT
from reconciler.model.identity import derived_id
from reconciler.model.json import canonical, digest, loads, same
from reconciler.model.live import Live, Version
from tests.core import case
from tests.core.case import OWNER, run, wanted
from tests.strategies import json_values, manifests, objects, repositories


@given(json_values, json_values)
def test_same_is_the_same_json(left: Any, right: Any) -> None:
    """Two values are the same exactly when a JSON parser that keeps types apart says so."""
    assert same(left, right) == (_typed(left) == _typed(right))


@given(json_values, st.data())
def test_same_says_what_the_canonical_bytes_say(value: Any, data: st.DataObject) -> None:
    """Also of values that Python calls equal, and of mappings in another order."""
    other = _mistaken(value, data)
    assert same(value, other) == (canonical(value) == canonical(other))


@given(st.text(), st.text())
def test_an_id_is_the_uuid_that_the_standard_makes(owner: str, key: str) -> None:
    """Of every owner and key, whatever stands in them: ids of servers' assistants never change."""
    assert derived_id(owner, key) == case.derived_id(key, owner)


def _mistaken(value: Any, data: st.DataObject) -> Any:
    """A copy, the order of mappings turned around, in which some 1 is true or some false is 0."""
    if isinstance(value, dict):
        return {k: _mistaken(value[k], data) for k in reversed(value)}
    if isinstance(value, list):
        return [_mistaken(v, data) for v in value]
    if isinstance(value, int) and value in (0, 1) and data.draw(st.booleans()):
        return int(value) if isinstance(value, bool) else bool(value)
    return value


def _typed(value: Any) -> Any:
    """A value in which Python's `==` cannot mistake true for 1."""
    if isinstance(value, dict):
        return {k: _typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_typed(v) for v in value]
    return (isinstance(value, bool), value)


@given(json_values)
def test_canonical_bytes_read_back_to_themselves(value: Any) -> None:
    """Canonical bytes are JSON, and their own canonical form."""
    assert canonical(loads(canonical(value))) == canonical(value)


def test_numbers_have_one_form() -> None:
    """`1.0` and `1` are one value, `-0.0` and `0` too; a digest therefore is one as well."""
    assert digest(loads("[1.0, -0.0, 1e3]")) == digest(loads("[1, 0, 1000]"))
    assert canonical(loads("1.5")) == b"1.5"
    assert canonical(loads("1e300")) == b"1e+300"


IGNORED = st.lists(st.sampled_from(["context.a", "context.model", "context.a.b", "config.tags", "context"]), max_size=2)


@given(manifests(), manifests(), IGNORED)
def test_fields_are_named_exactly_where_content_differs(
    one: dict[str, Any], other: dict[str, Any], ignore: list[str]
) -> None:
    """Something is named if and only if the bytes differ, also where nothing but what is ignored is there."""
    want = wanted("w/one", one | {"ignore": ignore})
    row = _written(wanted("w/one", other))
    assert bool(fields.changed(want, row)) == (not managed.same_content(want, row))


def test_only_lists_need_deepdiff(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan in which texts, numbers and objects differ does not wait until it is loaded."""
    monkeypatch.setitem(sys.modules, "deepdiff", None)  # to import it is an error
    before = _written(wanted("w/one", {"context": {"a": "one", "b": {"c": 1, "gone": 0}, "list": [1, 2]}}))
    want = wanted("w/one", {"context": {"a": "two", "b": {"c": 2, "new": 0}, "list": [1, 2]}})
    assert [(".".join(map(str, f.path)), f.op) for f in fields.changed(want, before)] == [
        ("context.a", "replace"),
        ("context.b.c", "replace"),
        ("context.b.gone", "remove"),
        ("context.b.new", "add"),
    ]


@given(objects, objects)
def test_named_fields_lead_from_before_to_after(before: Any, after: Any) -> None:
    """Putting the named changes into what is live gives what git wants; lists are taken as a whole."""
    want = wanted("w/one", {"context": after})
    row = _written(wanted("w/one", {"context": before}))
    tree: dict[str, Any] = {"context": before}
    for change in fields.changed(want, row):
        upto = next((i for i, step in enumerate(change.path) if isinstance(step, int)), None)
        if upto is None:
            tree = paths.put(tree, change.path, change.after)
        else:
            where = change.path[:upto]
            tree = paths.put(tree, where, paths.get({"context": after}, where))
    assert same(tree["context"], after)


@given(repositories)
def test_plan_is_empty_exactly_when_nothing_differs(git: dict[str, dict[str, Any]]) -> None:
    """What was written is in step; any other content is a change."""
    live = {key: {"versions": [{"git": said}]} for key, said in git.items()}
    assert run({"wanted": git, "live": live}).is_empty
    for key, said in git.items():
        changed = git | {key: said | {"name": said["name"] + " "}}
        assert not run({"wanted": changed, "live": live}).is_empty


@given(manifests(), manifests(), st.dictionaries(st.sampled_from(["theirs", "score", "team"]), st.integers(0, 2)))
def test_what_is_sent_holds_what_git_wants_and_no_key_of_others(
    before: dict[str, Any], after: dict[str, Any], theirs: dict[str, int]
) -> None:
    """A body, once it is live, is in step; the metadata in it is git's or null, never somebody else's."""
    old, new = wanted("w/one", before), wanted("w/one", after)
    row = _written(old, theirs)
    sent = compose(new, Live(assistant_id=old.assistant_id, row=row), OWNER, Provenance())
    ours = set(old.spec.metadata) | set(new.spec.metadata)
    assert set(sent.spec.metadata) <= ours
    assert not set(sent.foreign) & ours
    result = Version(number=2, spec=sent.spec, marker=sent.marker)
    assert managed.same_content(new, result)
    assert managed.same_marker(new, OWNER, result)
    assert managed.written_by_us(OWNER, old.assistant_id, result)


@given(objects, st.sampled_from([("a",), ("a", "b"), ("model", "a", "b")]))
def test_ignored_paths_are_sent_as_found(context: Any, path: tuple[str, ...]) -> None:
    """`without` takes a path out and nothing else; `put` gives it back."""
    smaller = paths.without(context, [path])
    assert paths.get(smaller, path) is ABSENT or smaller == {}
    value = paths.get(context, path)
    if value is not ABSENT:
        assert paths.get(paths.put(smaller, path, value), path) == value


def test_a_marker_survives_being_stored() -> None:
    """What is stored is plain JSON that parses back to the same marker."""
    from reconciler.model.marker import parse_marker

    sent = compose(wanted("w/one", {"metadata": {"team": "x"}}), None, OWNER, Provenance(commit="c", repo="r"))
    assert parse_marker(json.loads(json.dumps(sent.marker.as_json()))) == sent.marker


def _written(want: Any, theirs: dict[str, Any] | None = None) -> Version:
    """The row that writing `want` makes, with metadata of others beside it."""
    sent = compose(want, None, OWNER, Provenance())
    spec = sent.spec
    merged = {**(theirs or {}), **spec.metadata}
    return Version(
        number=1,
        marker=sent.marker,
        spec=type(spec)(**{**{n: getattr(spec, n) for n in spec.__struct_fields__}, "metadata": merged}),
    )
