"""Credentials never stand in reconciler.yaml: a literal one is told with the line to write instead, never repeated."""

from __future__ import annotations

import re

from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.settings.address import PREFIX, VARIABLE
from reconciler.repo.words import snake
from reconciler.repo.yaml import Findings
from reconciler.repo.yaml.findings import label

_NAMES = frozenset(("authorization", "proxy_authorization", "cookie"))
_LAST = frozenset(("key", "apikey", "token", "secret", "password"))
_SCHEMES = ("Bearer", "Basic", "Token", "ApiKey")
_OURS = "lsv2_"
"""How LangSmith's keys begin, wherever somebody puts one."""

_REVOKE = "a key that was committed stays in the history: revoke it"


def is_credential(name: str) -> bool:
    """Whether a header or a field of this name holds a credential: `Authorization`, `X-Api-Key`, `apiKey`."""
    words = snake(name).replace("-", "_")
    return words in _NAMES or words.rpartition("_")[2] in _LAST


def check_header(found: Findings, path: FieldPath, deployment: str, value: Json) -> bool:
    """Whether a header's value may stand in the file; an error where it is a credential and no variable."""
    name = str(path[-1])
    text = value if isinstance(value, str) else ""
    if VARIABLE.search(text) or not (is_credential(name) or _OURS in text):
        return True
    scheme = text.partition(" ")[0].casefold()
    known = next((one for one in _SCHEMES if one.casefold() == scheme), None)
    if known is None and name.casefold().endswith("authorization"):
        known = "Bearer"
    variable = f"{PREFIX}{_capitals(deployment)}{_suffix(name)}"
    line = f'{name}: "{known + " " if known else ""}${{{variable}}}"'
    message = f"{label(path)} is a credential, which never stands in a file; take it from a variable"
    found.add(path, "literal-credential", message, hint=f"{line}\n{_REVOKE}")
    return False


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
