"""The JSON of tries, read back by a plan: nothing but what `try` writes is taken for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.app import tried as app
from reconciler.errors import UsageError
from reconciler.model.plan import Deployment
from reconciler.model.trial import Answered, Tried
from reconciler.render import try_json
from tests.render.strategies import FEW, tries
from tests.render.tried_cases import TRIED
from tests.strategies import json_values


def rounded(tried: Tried) -> Tried:
    """As a document keeps it: seconds to the third place."""

    def one(ran: Any) -> Any:
        return replace(ran, seconds=round(ran.seconds, 3)) if hasattr(ran, "seconds") else ran

    return replace(
        tried, trials=tuple(replace(trial, after=one(trial.after), before=one(trial.before)) for trial in tried.trials)
    )


@pytest.mark.parametrize("name", TRIED)
def test_it_comes_back(name: str) -> None:
    """All that was found, verdicts, answers, notes and who was not tried, as it was."""
    tried = TRIED[name][1]
    assert app.loads(try_json.tried(tried).encode()) == rounded(tried)


@FEW
@given(tries)
def test_any_tries_come_back(tried: Tried) -> None:
    """Whatever is in inputs, answers, names and messages."""
    assert app.loads(try_json.tried(tried).encode("utf-8", "surrogatepass")) == rounded(tried)


def test_stops_come_back() -> None:
    """Where a run was to stop: nowhere said, nowhere, before some nodes, before each."""
    tried = TRIED["tried"][1]
    for stops in (None, (), ("tools", "agent"), "*"):
        one = replace(tried.trials[0], tried=replace(tried.trials[0].tried, interrupt_before=stops))
        found = app.loads(try_json.tried(replace(tried, trials=(one,))).encode())
        assert found.trials[0].tried.interrupt_before == stops


def changed(**more: object) -> bytes:
    value: Any = try_json.document(TRIED["tried"][1])
    return json.dumps(value | more).encode()


BAD = {
    "no JSON": (b"{", "is not JSON"),
    "a list": (b"[]", "is not of type 'object'"),
    "a plan": (b'{"format_version": "1.2", "changes": []}', "another version of reconciler wrote it"),
    "a later form": (changed(format_version="2.0"), "another version of reconciler wrote it"),
    "a field too many": (changed(run="rm"), "Additional properties"),
    "no trials": (changed(trials=None), "trials"),
    "an answer that is none": (
        changed(trials=[try_json.document(TRIED["tried"][1])["trials"][0] | {"after": {"end": "answered"}}]),  # type: ignore[index, operator]  # JSON
        "trials",
    ),
    "a verdict of its own": (
        changed(trials=[try_json.document(TRIED["tried-failed"][1])["trials"][0] | {"verdict": "passed"}]),  # type: ignore[index, operator]  # JSON
        "is said to be passed, and what it says itself comes to failed",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_none(tmp_path: Path, kind: str) -> None:
    """It is refused in one line that names the file and says what is wrong."""
    content, said = BAD[kind]
    file = tmp_path / "tries.json"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        app.read(file)
    assert caught.value.message.startswith(f"{file} is not the JSON of tries: ")
    assert said in caught.value.message
    assert "\n" not in caught.value.message


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_a_value_error(content: bytes) -> None:
    """Whatever the bytes, they are refused by name."""
    with pytest.raises(ValueError, match=r"."):
        app.loads(content)


@FEW
@given(st.data())
def test_a_damaged_file(data: st.DataObject) -> None:
    """A changed byte is refused or still says what was tried: nothing else comes of it."""
    content = bytearray(try_json.tried(TRIED["tried-calls"][1]).encode())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = app.loads(bytes(content))
    except ValueError:
        return
    assert all(isinstance(one.after, Answered) or one.after for one in found.trials)


def test_it_is_of_this_plan() -> None:
    """Answers of another commit, deployment, server or owner are not shown under the differences of this one."""
    plan, tried = TRIED["tried"]
    app.require_of(tried, plan, Path("tries.json"))
    url = plan.deployment.url
    for other, said in (
        (replace(tried, commit="0a1b2c3"), "tries.json is of commit 0a1b2c3, and the plan of 4be1c07"),
        (replace(tried, commit=None), "is of commit unknown"),
        (replace(tried, deployment=Deployment(name="production", url=url)), "is of deployment production"),
        (replace(tried, deployment=Deployment(name="staging", url="https://b.example")), "is of server"),
        (replace(tried, owner="others"), "is of owner others"),
    ):
        with pytest.raises(UsageError, match=said):
            app.require_of(other, plan, Path("tries.json"))
