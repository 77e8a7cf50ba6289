"""What is no saved plan is one line that says so, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.app.planfile import LARGEST, dumps, loads
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served
from tests.saved.bench import saved, world
from tests.saved.test_file import plans
from tests.saved.test_forged import is_refused
from tests.strategies import json_values

BAD = {
    "empty": (b"", "is not JSON"),
    "broken": (b'{"format_version": ', "is not JSON (line 1, column 20)"),
    "marked": (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
    "binary": (b"\xff\xfe\x00", "is not UTF-8"),
    "huge": (b'"' + b"a" * 10 * 2**20 + b'"', "is larger than 5 MB"),
    "a huge list": (b"[" + b"1," * (LARGEST // 2 - 2) + b"1]", "is not of type 'object'"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply"),
    "deep and open": (b'{"a":' * 100_000, "is nested too deeply"),
    "a huge number": (b'{"a": ' + b"9" * 100_000 + b"}", "a number in it is too long"),
    "no number": (b'{"a": NaN}', "NaN is not JSON"),
    "infinite": (b'{"a": 1e999}', "is not a saved plan"),
    "twice": (b'{"owner": "a", "owner": "b"}', "a field is in it twice"),
    "a list": (b"[]", "is not of type 'object'"),
    "another format": (b'{"format_version": "2.0"}', "another version of reconciler wrote it"),
    "a plan as JSON": (b'{"format_version": "1.0", "summary": {}}', "is a required property"),
}


@pytest.mark.parametrize("kind", BAD)
def test_it_is_said_in_one_line(cli: Cli, repo: Repo, fake: Served, kind: str) -> None:
    """Exit code 1, the file's name and what is wrong with it; no request at all is sent."""
    content, said = BAD[kind]
    repo.manifest("tweet")
    repo.write("plan.json", content)
    ran = cli("apply", "plan.json", "--url", fake.url, code=1)
    assert ran.message.startswith("error: plan.json is not a saved plan: ")
    assert said in ran.message
    assert len(ran.err) < 600
    assert ran.err.count("\n") <= 3
    assert fake.server.log == []


def test_one_assistant_twice() -> None:
    """Two decisions about one assistant are none."""
    file = saved(world())
    file["changes"].append(file["changes"][0] | {"action": "delete"})
    with pytest.raises(ValueError, match="is in it twice"):
        loads(json.dumps(file).encode())


def test_an_unknown_field_at_every_depth() -> None:
    """Each is an error: a file that says more than this tool reads is not understood."""
    for where in ("", "deployment", "options", "changes"):
        file = saved(world())
        inner: Any = file[where] if where else file
        (inner[0] if isinstance(inner, list) else inner)["more"] = 1
        with pytest.raises(ValueError, match="'more' was unexpected"):
            loads(json.dumps(file).encode())


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_a_value_error(content: bytes) -> None:
    """Whatever the bytes, they are refused by name and not by an accident."""
    with pytest.raises(ValueError, match=r"."):
        loads(content)


def test_however_deep() -> None:
    """What can just be read, and is too deep to be said, is refused by name as well."""
    file = saved(world())
    del file["owner"]
    start = json.dumps(file)[:-1]
    for depth in range(700, 1010):
        with pytest.raises(ValueError, match=r"^owner: |^it is nested too deeply$"):
            loads(f'{start}, "owner": {"[" * depth}{"]" * depth}}}'.encode())


@given(plans, st.data())
def test_a_cut_or_changed_byte(plan: Any, data: st.DataObject) -> None:
    """A damaged file is refused or still a plan: nothing else can come of it."""
    content = bytearray(dumps(plan))
    where = data.draw(st.integers(0, len(content) - 1))
    content[where] = data.draw(st.integers(0, 255))
    is_refused(bytes(content))


def test_what_is_no_file(cli: Cli, repo: Repo, fake: Served, tmp_path: Path) -> None:
    """A name that is not there, and a folder."""
    repo.manifest("tweet")
    assert "there is no file none.json" in cli("apply", "none.json", "--url", fake.url, code=1).message
    (repo.root / "folder.json").mkdir()
    assert "there is no file folder.json" in cli("apply", "folder.json", "--url", fake.url, code=1).message
    assert fake.server.log == []
