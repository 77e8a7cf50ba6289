"""The lint for secrets: what of a content looks like one. A context is kept in clear in every version, for ever.

Two rules: a credential with a known beginning stands anywhere in a text, or a text of 16 or more characters without
blanks stands under a field whose last word is password, secret, token or key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from reconciler.core.credentials import Hit, possible, scan
from reconciler.model.json import Json, JsonObject, digest
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath

LEAST = 16
"""Characters from which on a text under such a field counts."""

_LAST_WORDS = frozenset(("password", "secret", "token", "key", "apikey"))
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class Finding(Struct, frozen=True, kw_only=True):
    """A value that looks like a secret, without the value.

    `path` is the field's, and no message may hold it: a name in it can be a secret too. `where` is the path as it can
    be shown. `what` says what was found; "" where only the field's name speaks for it. `hash` is of the whole value.
    `name`: it is the field's own name; then `where` is the mapping that it stands in. `line` and `column` are those
    within the text, from 1.
    """

    path: FieldPath
    where: str
    what: str
    hash: str
    name: bool = False
    line: int = 1
    column: int = 1


def find(spec: Spec) -> Iterator[Finding]:
    """All of a content that looks like a secret, names of fields included, in the order of the content."""
    content = spec.as_json()
    if _is_plain(content):
        return
    for field, value in content.items():
        yield from below((field,), value)


def _is_plain(content: JsonObject) -> bool:
    """Whether nothing in it can be a secret, by one look at all its texts: so it is with nearly every content."""
    texts: list[str] = []
    rest: list[JsonObject | list[Json]] = [content]
    for collection in rest:
        if isinstance(collection, dict) and not _are_plain_names(tuple(collection)):
            return False
        for value in collection.values() if isinstance(collection, dict) else collection:
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, (dict, list)):
                rest.append(value)
    return not possible("\n".join(texts))


@lru_cache(maxsize=4096)
def _are_plain_names(names: tuple[str, ...]) -> bool:
    """Cached together too: the same fields stand beside each other in thousands of contents."""
    return all(map(_is_plain_name, names))


@lru_cache(maxsize=4096)
def _is_plain_name(name: str) -> bool:
    return not (is_for_secrets(name) or possible(name))


def below(path: FieldPath, value: Json) -> Iterator[Finding]:
    """The same of one value, at this path of a content."""
    match value:
        case str():
            yield from _text(path, value)
        case list():
            for number, item in enumerate(value):
                yield from below((*path, number), item)
        case dict():
            for name, item in value.items():
                yield from _name(path, name)
                yield from below((*path, name), item)
        case None | bool() | int() | float():
            pass


def refuses(path: FieldPath, value: Json) -> bool:
    """Whether the lint would refuse this value, or anything in it, at this path of a content."""
    return next(below(path, value), None) is not None


def shown(path: FieldPath) -> str:
    """`context.tools[0].api_key`: the path as messages and the settings write it. A name that is a secret is `…`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            step = "…" if _known(step) else step
            text += f".{step}" if text else step
    return text


@lru_cache(maxsize=4096)
def is_for_secrets(name: str) -> bool:
    """Whether the last word of a field's name says that a secret stands there: `apiKey`, `X-Auth-Token`, `api_key_2`,
    not `max_tokens`, `tokenizer` or `key_points`."""
    words = [word.rstrip("0123456789") for word in _BETWEEN_WORDS.split(_HUMPS.sub("_", name).lower())]
    return next((word for word in reversed(words) if word), "") in _LAST_WORDS


def _text(path: FieldPath, text: str) -> Iterator[Finding]:
    hits = _known(text)
    if hits:
        yield from (_finding(path, text, hit) for hit in hits)
    elif len(text) >= LEAST and not any(c.isspace() for c in text):
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        if is_for_secrets(name):
            yield _finding(path, text, Hit("", 0))


def _name(path: FieldPath, name: str) -> Iterator[Finding]:
    for hit in _known(name)[:1]:
        yield Finding(path=(*path, name), where=shown(path), what=hit.what, hash=digest(name), name=True)


def _finding(path: FieldPath, text: str, hit: Hit) -> Finding:
    line = text.count("\n", 0, hit.start) + 1
    column = hit.start - (text.rfind("\n", 0, hit.start) + 1) + 1
    return Finding(path=path, where=shown(path), what=hit.what, hash=digest(text), line=line, column=column)


@lru_cache(maxsize=4096)
def _known(text: str) -> tuple[Hit, ...]:
    """Cached: rows of a `for_each` share their prompts, and every manifest its fields' names."""
    return tuple(sorted(scan(text), key=lambda hit: hit.start))
