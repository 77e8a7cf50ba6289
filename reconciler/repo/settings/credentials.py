"""Credentials never stand in reconciler.yaml: a literal one is told with the line to write instead, never repeated."""

from __future__ import annotations

import re

from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.settings.address import PREFIX, VARIABLE
from reconciler.repo.words import snake
from reconciler.repo.yaml import Findings
from reconciler.repo.yaml.findings import label

_WHOLE_NAMES = frozenset(("authorization", "proxy_authorization", "cookie"))
_LAST = frozenset(("key", "apikey", "token", "secret", "password"))
_SCHEMES = ("Bearer", "Basic", "Token", "ApiKey")
_OURS = "lsv2_"
"""How LangSmith's keys begin, wherever somebody puts one."""

_LONG = 16
_HIDDEN = "\0"
_PART = re.compile(r"[^\s=;,:\"']+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{,14}\Z")
_VALUED = re.compile(r"=[^\s=]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z-]*\Z")

_WHOLE = "is a credential, which never stands in a file; take it from a variable"
_REVOKE = "a key that was committed stays in the history: revoke it"


def is_credential(name: str) -> bool:
    """Whether a header or a field of this name holds a credential: `Authorization`, `X-Api-Key`, `apiKey`."""
    words = snake(name).replace("-", "_")
    return words in _WHOLE_NAMES or words.rpartition("_")[2] in _LAST


def check_header(found: Findings, path: FieldPath, deployment: str, value: Json) -> bool:
    """Whether a header's value may stand in the file; an error where it is a credential and no variable, or holds a
    part of one beside its variable."""
    name = str(path[-1])
    text = value if isinstance(value, str) else ""
    if not (is_credential(name) or _OURS in VARIABLE.sub("", text)):
        return True
    beside = VARIABLE.search(text) is not None
    if beside and _OURS not in VARIABLE.sub("", text) and not _literal_part(text):
        return True
    scheme = text.partition(" ")[0].casefold()
    known = next((one for one in _SCHEMES if one.casefold() == scheme), None)
    if known is None and name.casefold().endswith("authorization"):
        known = "Bearer"
    variable = f"{PREFIX}{_capitals(deployment)}{_suffix(name)}"
    line = f'{name}: "{known + " " if known else ""}${{{variable}}}"'
    what = "has a part of a credential beside its variable; take all of it from the variable"
    message = f"{label(path)} {what if beside else _WHOLE}"
    found.add(path, "literal-credential", message, hint=f"{line}\n{_REVOKE}")
    return False


def _literal_part(text: str) -> bool:
    """Whether more of a credential's text is literal than what goes with a variable: a scheme (`Bearer `), the names of
    parameters (`session=`), and short words that are set off from it."""
    return any(_is_literal(match, text) for match in _PART.finditer(_hidden(text)))


def _is_literal(part: re.Match[str], text: str) -> bool:
    word, after = part[0], text[part.end() : part.end() + 2]
    if _HIDDEN in word:
        return any(c.isalnum() for c in word)
    if part.start() == 0 and after[:1].isspace() and _SCHEME.match(word):
        return False
    if _VALUED.match(after) and _NAME.match(word):
        return False
    is_word = word.isalpha() and (word[1:].islower() or word.isupper())
    return len(word) >= (_LONG if is_word else _LONG // 2)


def _hidden(text: str) -> str:
    """The text with as many marks in place of each variable."""
    return VARIABLE.sub(lambda match: _HIDDEN * len(match[0]), text)


def api_key_in_file(found: Findings, path: FieldPath, deployment: str, value: Json) -> None:
    """The error about a field that was meant to hold the key itself."""
    message = f"{label(path)}: an API key never stands in a file; name its variable"
    found.add(path, "literal-credential", message, hint=_with_revoke(api_key_line(deployment), value), name=True)


def bad_key_variable(found: Findings, path: FieldPath, deployment: str, value: Json) -> None:
    """The error about an `api_key_env` that is no variable's name. It may be the key: it is not repeated."""
    message = f"{label(path)} is the name of a variable, in capitals, never the key itself"
    found.add(path, "bad-variable", message, hint=_with_revoke(api_key_line(deployment), value))


def api_key_line(deployment: str) -> str:
    """The line that names the variable of a deployment's key."""
    return f"api_key_env: {_capitals(deployment)}LANGSMITH_API_KEY"


def _with_revoke(line: str, value: Json) -> str:
    """A name of a variable was no key."""
    harmless = value in (None, "") or (isinstance(value, str) and re.fullmatch(r"\$?\{?[A-Z][A-Z0-9_]*\}?", value))
    return line if harmless else f"{line}\n{_REVOKE}"


def _capitals(deployment: str) -> str:
    """`my-staging` -> `MY_STAGING_`, as the start of a variable's name."""
    name = re.sub(r"[^A-Z0-9]+", "_", deployment.upper()).strip("_")[:40]
    return f"{name}_" if name[:1].isalpha() else ""


def _suffix(name: str) -> str:
    words = re.sub(r"[^A-Z0-9]+", "_", snake(name).upper()).strip("_").removeprefix("X_")
    return words.replace("AUTHORIZATION", "TOKEN") or "TOKEN"
