"""The JSON of plans and reports, read back: nothing but what this tool writes is taken for one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.app import strict
from reconciler.app.github import document
from reconciler.app.github.document import Document, loads
from reconciler.errors import UsageError
from reconciler.model.change import action, key_of
from reconciler.model.plan import Deployment, Plan
from reconciler.model.report import Check, Report
from reconciler.render import json as rendered
from reconciler.render.trials import said
from tests.render.cases import PLANS, REPORTS
from tests.render.one_text import one_text
from tests.render.strategies import FEW, plans, reports
from tests.render.tried_cases import TRIED
from tests.strategies import json_values


def of(plan: Plan | Report) -> Document:
    """The document of a plan or report, by way of its bytes."""
    return loads(
        (one_text(rendered.plan(plan)) if isinstance(plan, Plan) else one_text(rendered.report(plan))).encode("utf-8")
    )


@pytest.mark.parametrize("name", sorted(PLANS.keys() - {"hostile"}))
def test_a_plan_comes_back(name: str) -> None:
    """What a job decides by is in the document as it is in the plan: keys, actions, what blocks, what is refused."""
    plan = PLANS[name]
    read = of(plan)
    assert (read.owner, read.deployment, read.url) == (plan.owner, plan.deployment.name, plan.deployment.url)
    assert sorted((one.key, one.action) for one in read.changes) == sorted((key_of(c), action(c)) for c in plan.changes)
    assert {one.key: (one.why, one.blocks, one.ahead) for one in read.held} == {
        key_of(held.change): (held.why, held.blocks, held.ahead) for held in plan.held
    }
    assert read.guards == tuple(guard for guard in plan.guards if str(guard.verdict) != "passed")
    assert sorted(read.refused, key=lambda d: d.order()) == sorted(plan.refused, key=lambda d: d.order())
    assert read.blocked == plan.blocked
    assert read.report is False
    assert all(one.outcome is None for one in read.changes)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_comes_back(name: str) -> None:
    """Each outcome, with the version and the error, and whether it was proved at the end."""
    report = REPORTS[name]
    read = of(report)
    assert (read.report, read.converged, read.interrupted) == (True, report.converged, report.interrupted)
    outcomes = {key_of(o.change): (o.result.value, o.version, o.error) for o in report.outcomes}
    found = {key: (one.outcome, one.version, one.error) for key, one in read.by_key().items() if one.outcome}
    assert {key: found[key] for key in outcomes} == outcomes


@pytest.mark.parametrize("name", TRIED)
def test_tries_come_back(name: str) -> None:
    """How each try of a plan went, and nothing that was answered; None where nothing was tried."""
    plan, tried = TRIED[name]
    read = loads(one_text(rendered.plan(plan, tried=tried)).encode()).tries
    assert read is not None
    assert (read.off, read.interrupted) == (tried.off, tried.interrupted)
    assert [(one.key, one.name, one.verdict, one.said) for one in read.trials] == [
        (one.key, one.tried.name, one.verdict, said(one)) for one in tried.trials
    ]
    assert of(plan).tries is None


def test_checks_come_back() -> None:
    """What the tries found after an apply: whose, how it went, why it stays, and what was wrong."""
    failed, erred, unknown = TRIED["tried-failed"][1].trials
    good = TRIED["tried"][1].trials[0]
    report = REPORTS["report-ok"]
    checks = (
        Check(key="writer/blog", trials=(good, failed), kept="it was changed since"),
        Check(key="writer/tweet", trials=(good, erred)),
        Check(key="writer/x", trials=(good, unknown)),
    )
    read = of(replace(report, checks=checks)).checks
    assert [(one.key, one.verdict.value, one.kept) for one in read] == [
        ("writer/blog", "failed", "it was changed since"),
        ("writer/tweet", "failed", None),
        ("writer/x", "unknown", None),
    ]
    assert [one.said for one in read] == [
        (
            "try names the limits: does not contain `Limits:`",
            "try names the limits: took 12.3 s, and 10 s are the most",
        ),
        ("try greets: ValidationError",),
        ("try no money without asking: the answer was lost, and the run is gone",),
    ]
    assert of(report).checks == ()


def test_the_fields_stand_as_they_are() -> None:
    """What differs is there for who compares, in the form of the published schema."""
    read = of(PLANS["prompt"])
    assert list(read.changes[0].fields) == rendered.document(PLANS["prompt"])["changes"][0]["fields"]  # type: ignore[index, call-overload]  # JSON


def test_counts_are_of_the_changes() -> None:
    """Nothing is counted but what stands in the list of changes, whatever a summary may claim."""
    value: Any = rendered.document(PLANS["prompt"])
    value["summary"]["delete"] = 7
    read = document.parse(value)
    assert {verb: read.count(verb) for verb in document.ACTIONS} == {
        verb: sum(action(change) == verb for change in PLANS["prompt"].changes) for verb in document.ACTIONS
    }


def test_whose_change_it_is() -> None:
    """What the pull request is about is told from what was there before it; None where nobody asked."""
    plan = PLANS["prompt"]
    keys = frozenset(key_of(change) for change in plan.changes)
    said = [of(replace(plan, proposed=proposed)).changes[0].proposed for proposed in (keys, frozenset(), None)]
    assert said == [True, False, None]


def test_a_plan_without_a_server() -> None:
    """It says so: what it compares with is a commit."""
    assert (of(replace(PLANS["prompt"], offline=True)).offline, of(PLANS["prompt"]).offline) == (True, False)


def test_a_guard_that_passed_blocks_nothing() -> None:
    """Only the verdict `blocked` blocks."""
    value: Any = rendered.document(PLANS["prompt"])
    guard = {"guard": "max_deletes", "message": "m", "allow": None, "by": None}
    value["guards"] = [guard | {"verdict": "passed"}, guard | {"verdict": "allowed"}]
    assert document.parse(value).blocked is False
    value["guards"].append(guard | {"verdict": "blocked"})
    assert document.parse(value).blocked is True


@pytest.mark.parametrize("name", ["-->", "a b", "a\n::error::x", "a\n", "-d", "", "x" * 101, "ä"])
@pytest.mark.parametrize("what", ["owner", "deployment"])
def test_a_name_is_of_its_grammar(what: str, name: str) -> None:
    """A marker and an output are made of owner and deployment: nothing that could end them is taken."""
    plan = PLANS["prompt"]
    forged = (
        replace(plan, owner=name)
        if what == "owner"
        else replace(plan, deployment=Deployment(name=name, url=plan.deployment.url))
    )
    with pytest.raises(ValueError, match="is no name of letters"):
        of(forged)


def test_a_server_without_a_name() -> None:
    """A plan with a bare --url is a document too."""
    assert of(replace(PLANS["prompt"], deployment=Deployment(name=None, url="http://a"))).deployment is None


BAD = {
    "empty": (b"", "is not JSON"),
    "binary": (b"\xff\xfe\x00", "is not UTF-8"),
    "marked": (b"\xef\xbb\xbf{}", "byte order mark"),
    "huge": (b'"' + b"a" * document.LARGEST + b'"', "is larger than 128 MB"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply"),
    "a huge number": (b'{"a": ' + b"9" * 100_000 + b"}", "a number in it is too long"),
    "an endless number": (b'{"a": 1e999}', "a number in it is too large"),
    "no number": (b'{"a": NaN}', "NaN is not JSON"),
    "twice": (b'{"owner": "a", "owner": "b"}', "a field is in it twice"),
    "a list": (b"[]", "is not of type 'object'"),
    "a later form": (b'{"format_version": "9.0"}', "another version of reconciler wrote it"),
    "a saved plan": (b'{"owner": "a", "options": {}}', "is a required property"),
}


@pytest.mark.parametrize("kind", BAD)
def test_it_is_said_in_one_line(tmp_path: Path, kind: str) -> None:
    """What is no document is refused with the file's name and what is wrong, and never with an accident."""
    content, said = BAD[kind]
    file = tmp_path / "document.json"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        document.read(file)
    assert caught.value.message.startswith(f"{file} is not the JSON of a plan or report: ")
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 600


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, nothing at all, a name that cannot be one, and a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "none", Path("a\0b"), tmp_path / "pipe"):
        with pytest.raises(UsageError, match="cannot read"):
            document.read(path)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_a_value_error(content: bytes) -> None:
    """Whatever the bytes, they are refused by name."""
    with pytest.raises(ValueError, match=r"."):
        loads(content)


@FEW
@given(plans | reports())
def test_any_plan_or_report(any_plan: Plan | Report) -> None:
    """Any plan of a believable owner comes back, whatever its prompts, names and messages hold."""
    plan = any_plan if isinstance(any_plan, Plan) else any_plan.plan
    plain = replace(plan, owner="acme", deployment=replace(plan.deployment, name="staging"))
    read = of(plain if isinstance(any_plan, Plan) else replace(any_plan, plan=plain))
    assert len(read.changes) == len(plain.changes)
    assert len(read.held) == len(plain.held)
    assert read.blocked == plain.blocked


@FEW
@given(st.data())
def test_a_damaged_file(data: st.DataObject) -> None:
    """A changed byte is refused or still gives a document: nothing else comes of it."""
    content = bytearray(one_text(rendered.plan(PLANS["prompt"])).encode())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = loads(bytes(content))
    except ValueError:
        return
    assert isinstance(found, Document)


def test_numbers_are_canonical() -> None:
    """What is read can be written and compared again."""
    assert strict.loads(b'{"a": 1.0, "b": 1e3}', 100) == {"a": 1, "b": 1000}
