"""A backup, read back. Anybody may have written the file: nothing in it is believed before it is checked."""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.json import Json, JsonObject, number

FORMAT_VERSION = "1.0"
LARGEST_BACKUP = 256 * 1024 * 1024
"""Bytes: a long history of a long prompt is megabytes, and nothing is worth all memory."""

_WORDS = {"type": "is not a(n) {0}", "const": "is not {0!r}", "minLength": "is empty"}


class BadBackup(ReconcilerError):
    """The file is no backup, or not one that this version reads."""


class Saved(Struct, frozen=True, kw_only=True):
    """One assistant as it was: `assistant` and `versions` are rows as the server said them. `deployment` is where, None
    where that had no name."""

    owner: str
    deployment: str | None
    server: JsonObject
    assistant: JsonObject
    versions: tuple[JsonObject, ...]


def schema() -> JsonObject:
    """The published JSON Schema (2020-12) of a backup."""
    content = pkgutil.get_data("reconciler.repo.backup", "backup.schema.json")
    assert content is not None, "a loader that cannot read the package's own files"
    value: JsonObject = json.loads(content)
    return value


def read(path: Path) -> Saved:
    """Read a backup strictly. Raises BadBackup for whatever is wrong with the file."""
    from jsonschema import Draft202012Validator  # here: who writes backups needs none

    value = _parse(path, _bytes(path))
    try:
        error = next(iter(Draft202012Validator(schema()).iter_errors(value)), None)
    except RecursionError:  # what could just be read may be too deep to be said
        raise BadBackup(f"{path} is nested too deep") from None
    if error is not None:
        where = error.json_path.removeprefix("$").removeprefix(".") or "the file"
        required = error.validator == "required"
        said = "lacks a field" if required else _WORDS.get(str(error.validator), "is not known here")
        wanted = error.validator_value
        words = said.format(" or ".join(wanted) if isinstance(wanted, list) else wanted)
        raise BadBackup(
            f"{path} is no backup of this version: {where} {words}",
            hint="a backup is a file that `reconciler apply --backup DIR` wrote",
        )
    assert isinstance(value, dict)
    owner, where, server, assistant, versions = (
        value[name] for name in ("owner", "deployment", "server", "assistant", "versions")
    )
    assert isinstance(owner, str)
    assert isinstance(where, dict)
    assert isinstance(server, dict)
    assert isinstance(assistant, dict)
    assert isinstance(versions, list)
    rows = tuple(row for row in versions if isinstance(row, dict))
    name = where["name"]
    deployment = name if isinstance(name, str) else None
    return Saved(owner=owner, deployment=deployment, server=server, assistant=assistant, versions=rows)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadBackup(f"{path} is not there, or is no file")
        with path.open("rb") as file:
            content = file.read(LARGEST_BACKUP + 1)
    except OSError as error:
        raise BadBackup(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_BACKUP:
        raise BadBackup(f"{path} is larger than {LARGEST_BACKUP // 1024 // 1024} MiB")
    return content


def _parse(path: Path, content: bytes) -> Json:
    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    try:
        value: Json = json.loads(
            content.decode(), parse_float=number, parse_constant=refuse, object_pairs_hook=_without_twins
        )
    except RecursionError:
        raise BadBackup(f"{path} is nested too deep") from None
    except ValueError as error:
        said = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise BadBackup(f"{path} is not JSON as a backup is ({said})") from None
    return value


def _without_twins(pairs: list[tuple[str, Json]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is there twice")
    return made
