"""The lint for secrets: what it refuses, what it lets pass, and that it never repeats what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.secrets import Finding, below, find, is_for_secrets, refuses
from reconciler.model.json import Json, digest
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath
from tests.strategies import json_values

TABLE = yaml.safe_load(Path(__file__).with_name("secrets.yaml").read_text("utf-8"))
TOKEN = "ghp_" + "0123456789abcdefABCDEF0123456789abcd"
WORDS = TABLE["words"].split()


def case(entry: dict[str, Any]) -> tuple[FieldPath, Json]:
    """Path and value of a line of the table."""
    path = tuple(entry.get("at", "context.prompt").split("."))
    return path, "".join(entry["parts"]) if "parts" in entry else _filled(entry["value"])


def spec(path: FieldPath, value: Json) -> Spec:
    """A content that holds one value."""
    for step in reversed(path[1:]):
        value = {str(step): value}
    fields: dict[str, Any] = {"graph_id": "writer", "name": "Writer", str(path[0]): value}
    return Spec(**fields)


@pytest.mark.parametrize("entry", TABLE["refused"], ids=lambda entry: entry["about"])
def test_what_looks_like_a_secret_is_refused(entry: dict[str, Any]) -> None:
    """Wherever it stands; and nothing of what is found holds the secret itself."""
    path, value = case(entry)
    assert refuses(path, value)
    found = list(find(spec(path, value)))
    assert found
    texts = [text for text in _texts(value) if len(text) >= 16]
    said = [(one.where, one.what) for one in found]
    assert not any(text in words for text in texts for pair in said for words in pair)


@pytest.mark.parametrize("entry", TABLE["passes"], ids=lambda entry: entry["about"])
def test_what_only_resembles_one_passes(entry: dict[str, Any]) -> None:
    """Prose about secrets, ids, hashes, names of models and of variables are none."""
    path, value = case(entry)
    assert not refuses(path, value)
    assert list(find(spec(path, value))) == []


def test_the_table_is_large_enough() -> None:
    """At least 25 that are refused and 40 that pass, each with a sentence of its own."""
    assert len({entry["about"] for entry in TABLE["refused"]}) == len(TABLE["refused"]) >= 25
    assert len({entry["about"] for entry in TABLE["passes"]}) == len(TABLE["passes"]) >= 40


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), st.sampled_from([" ", "  ", "\n", ", ", ": "]))
def test_no_prose_of_ordinary_words_is_refused(words: list[str], between: str) -> None:
    """However words, names and examples are put together."""
    assert not refuses(("context", "system_prompt"), between.join(words))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz -_", max_size=200))
def test_no_text_of_letters_is_refused_under_a_name_of_no_secrets(text: str) -> None:
    """A text of small letters, blanks and dashes holds no generated part."""
    words = text.replace("_", " ").replace("-", " ").split()
    if all(len(word) <= 20 for word in words):
        assert not refuses(("context", "system_prompt"), text)


@given(json_values, st.sampled_from(["prompt", "a", "tools"]))
def test_other_values_are_never_refused(value: Json, name: str) -> None:
    """Numbers, nulls, short texts, lists and mappings of them."""
    assert not refuses(("context", name), value)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_hash_is_of_the_whole_value(change: str, before: str, after: str) -> None:
    """Any change of a text, far from the secret too, makes another hash."""
    prompt = f"{before} {TOKEN} {after}"
    (first,) = below(("context", "p"), prompt)
    assert first.hash == digest(prompt)
    for changed in (prompt + change, change + " " + prompt):
        assert first.hash not in {one.hash for one in below(("context", "p"), changed)}


def test_a_place_within_a_text_is_its_line_and_column() -> None:
    """Every secret of a text has its own."""
    text = f"Hello.\n\nUse {TOKEN},\nor {TOKEN}.\n"
    assert [(one.line, one.column) for one in below(("context", "p"), text)] == [(3, 5), (4, 4)]


def test_a_secret_that_names_a_field_is_not_shown() -> None:
    """Not where it is the name itself, and not in the path of what stands under it."""
    found = list(below(("context", "h"), {TOKEN: {"token": "abcdefghijklmnopq"}}))
    assert [(one.where, one.name) for one in found] == [("context.h", True), ("context.h.….token", False)]
    assert found[0] == Finding(
        path=("context", "h", TOKEN), where="context.h", what="a GitHub token", hash=digest(TOKEN), name=True
    )


def test_a_known_beginning_goes_before_the_name_of_the_field() -> None:
    """One value is told once."""
    (found,) = below(("context", "api_key"), TOKEN)
    assert found.what == "a GitHub token"


@pytest.mark.parametrize("name", ["api_key", "apiKey", "API-KEY", "X-Auth-Token", "my.secret", "Password", "token2"])
def test_names_for_secrets(name: str) -> None:
    """By their last word, however words are set apart."""
    assert is_for_secrets(name)


@pytest.mark.parametrize(
    "name", ["max_tokens", "tokenizer", "key_points", "keyboard", "monkey", "passwords", "secret_name", "", "2", "_"]
)
def test_other_names(name: str) -> None:
    """The word elsewhere, in the plural or within another one is none."""
    assert not is_for_secrets(name)


def _filled(value: Any) -> Json:
    filled: Json = json.loads(json.dumps(value).replace("TOKEN", TOKEN)) if not isinstance(value, str) else value
    return filled


def _texts(value: Json) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for item in value for text in _texts(item)]
        case dict():
            return [text for name, item in value.items() for text in (name, *_texts(item))]
        case _:
            return []


@given(
    json_values,
    st.lists(
        st.sampled_from([entry for entry in TABLE["refused"] if "parts" in entry or "value" in entry]), max_size=3
    ),
)
def test_one_look_at_all_texts_hides_nothing(value: Json, planted: list[dict[str, Any]]) -> None:
    """A content that is passed over at one glance has nothing that the search of each text would find."""
    context: dict[str, Json] = {"value": value}
    for number, entry in enumerate(planted):
        path, secret = case(entry)
        inner: Json = secret
        for step in reversed(path[1:]):
            inner = {str(step): inner}
        context[f"planted {number}"] = inner
    made = Spec(graph_id="writer", name="Writer", context=context)
    each = [finding for name, part in made.as_json().items() for finding in below((name,), part)]
    assert list(find(made)) == each
    assert bool(planted) <= bool(each)
