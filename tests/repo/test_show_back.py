"""What `show` prints is a manifest that says the same: every field of it, and every text however hostile."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.app.show import Shown, final
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.wanted import Wanted
from reconciler.repo.manifests import load
from reconciler.repo.settings import Settings
from reconciler.repo.worktree import WorkTree

from .conftest import write

SETTINGS = Settings(owner="acme-agents")
MISREAD = (
    "no|Yes|ON|~|null|Null|true|False|1|-0|1_000|0x1F|0o14|1e3|.5|.inf|.nan|12:30:45|2024-01-01|1:2|=|<<|-|?|:|,|[]|{}|"
    "{{name}}|${HOME}|$(id)|!file x|!ref a/b|!env HOME|&a|*a|@a|`a`|%TAG|# no comment|a # b|a: b|a:|- a|--- a|...|'|\"|"
    "\\|\\n|\\x41| a|a |\ta|a\t|é|日本|\U0001f600|\u200b|\u2028|\ufeff|\x7f|\x85|\x1b[31m|::error::|"
    "|---|---\na|a\n---\nb\n|\n|\n\n|a\nb\n\n| a\nb|a\r\nb\r\n|\ta\n|a\nb|a\n b\n"
)
"""What YAML, a shell, a template or a terminal reads as something else."""

WORDS = MISREAD.split("|")
HOSTILE = st.sampled_from(WORDS)
TEXTS = (
    HOSTILE
    | st.lists(HOSTILE, max_size=4).map("\n".join)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.sampled_from([0.5, 1e-7, -2.25]) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2))
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)
NAMES = TEXTS.filter(lambda text: text.strip() != "" and len(text) < 100)
"""An assistant without a name is none."""

MANAGED = {
    "context": OBJECTS,
    "config": st.fixed_dictionaries({}, optional={"recursion_limit": st.integers(1, 99), "tags": st.lists(TEXTS)}),
    "key": st.just("elsewhere/kept"),
    "protected": st.booleans(),
    "on_drift": st.sampled_from(["overwrite", "hold", "block"]),
    "ignore": st.just(["context.temperature"]),
    "tries": st.lists(st.fixed_dictionaries({"name": st.just("a"), "input": NAMES}), min_size=1, max_size=1),
}
"""What may stand in any manifest."""

METADATA = TEXTS.filter(lambda name: name not in ("reconciler", "created_by"))
OWN = {
    "description": TEXTS,
    "metadata": st.dictionaries(METADATA, VALUES.filter(lambda value: value is not None), max_size=3),
    "assistant_id": st.just("62e209ca-9154-432a-b9e9-2d75c7a9219b"),
}
DEFAULT = {"graph_id": st.just("writer"), "default": st.just(True)}
MANIFESTS = st.fixed_dictionaries({"graph_id": st.just("writer"), "name": NAMES}, optional=MANAGED | OWN)
MANIFESTS |= st.fixed_dictionaries(DEFAULT, optional=MANAGED)


def read(root: Path, text: str) -> tuple[Shown, Wanted]:
    """The assistant of the only manifest."""
    write(root, {"assistants/a.yaml": text})
    shown = Shown(deployment=None, loaded=load(WorkTree(root), SETTINGS))
    assert shown.loaded.diagnostics == ()
    (wanted,) = shown.loaded.wanted
    return shown, wanted


def as_json(fields: JsonObject) -> str:
    """The fields in the one form of YAML that leaves nothing to guess."""
    text = json.dumps(fields, ensure_ascii=False)
    return re.sub("[\x7f-\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def said(one: Wanted) -> JsonObject:
    """All that a manifest says of an assistant."""
    tries: list[Json] = [[each.name, each.input] for each in one.tries]
    policy = one.on_drift.value if one.on_drift is not None else None
    more: list[Json] = [one.key, one.assistant_id, one.adopts, one.default, one.protected, policy]
    return {"spec": one.spec.as_json(), "ignore": [list(path) for path in one.ignore], "tries": tries, "more": more}


@given(MANIFESTS, st.booleans())
@example({"graph_id": "writer", "name": "a", "context": {word: [word, {"b": word}, word] for word in WORDS}}, True)
@example({"graph_id": "writer", "name": "a", "metadata": {f"a{word}": f"{word}\n{word}" for word in WORDS}}, True)
def test_what_is_shown_says_the_same(fields: JsonObject, with_origin: bool) -> None:
    """Texts are the very texts, whatever they look like, and no field is left out; with the place beside it or not."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        shown, wanted = read(root, as_json(fields))
        for name in wanted.spec.as_json().keys() & fields.keys():
            assert same(wanted.spec.as_json()[name], fields[name])
        _, again = read(root, final(shown, wanted, origin=str if with_origin else None))
        assert same(said(again), said(wanted))
