"""The file form of a saved plan, published as saved.schema.json. What is read is untrusted: all of it is checked."""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from reconciler.errors import UsageError
from reconciler.model.json import Json, JsonObject, canonical, number
from reconciler.model.plan import Deployment
from reconciler.model.saved import Decision, Identity, SavedPlan, Shape
from reconciler.model.wanted import OnDrift

FORMAT_VERSION = "1.0"

LARGEST = 5 * 2**20
"""Bytes. A plan of ten thousand changes has less."""

TOO_DEEP = "it is nested too deeply"
LONG_NUMBER = "integer string conversion"
"""In Python's own words for whole numbers of more digits than it reads."""


def schema() -> JsonObject:
    """The JSON Schema (2020-12) of the file."""
    content = pkgutil.get_data("reconciler.app", "saved.schema.json")
    assert content is not None, "a loader that cannot read the package's own files"
    value: JsonObject = json.loads(content)
    return value


def dumps(saved: SavedPlan) -> bytes:
    """The file: canonical JSON, so that the same plan is the same bytes."""
    options = saved.options
    changes: list[Json] = [
        {
            "key": one.key,
            "assistant_id": one.assistant_id,
            "action": one.action,
            "target_version": one.target_version,
            "wanted_hash": one.wanted,
            "live_version": one.live_version,
            "live_hash": one.live,
        }
        for one in saved.changes
    ]
    value: JsonObject = {
        "format_version": FORMAT_VERSION,
        "deployment": {
            "name": saved.deployment.name,
            "url": saved.deployment.url,
            "project_id": saved.identity.project_id,
            "tenant_id": saved.identity.tenant_id,
        },
        "owner": saved.owner,
        "commit": saved.commit,
        "made_at": saved.made_at,
        "options": {
            "prune": options.prune,
            "adopt": options.adopt,
            "on_drift": options.on_drift.value if options.on_drift is not None else None,
            "selected": list(options.selected) if options.selected is not None else None,
            "named": list(options.named),
            "allow": list(options.allow),
            "allow_delete": list(options.allow_delete),
        },
        "changes": changes,
    }
    return canonical(value) + b"\n"


def read(path: Path) -> SavedPlan:
    """The saved plan in a file. Raises UsageError, one line, for whatever else it holds."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    try:
        return loads(content)
    except ValueError as error:
        raise UsageError(f"{path} is not a saved plan: {error}", hint="reconciler plan --out FILE writes one") from None


def loads(content: bytes) -> SavedPlan:
    """The saved plan in these bytes. Raises ValueError, never anything else, with what is wrong and where."""
    value = _json(content)
    if isinstance(value, dict) and value.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise ValueError(f"its format_version is not {FORMAT_VERSION}: another version of reconciler wrote it")
    try:
        error = next(iter(Draft202012Validator(schema()).iter_errors(value)), None)
    except RecursionError:  # what could just be read may be too deep to be said
        raise ValueError(TOO_DEEP) from None
    if error is not None:
        raise ValueError(_said(error))
    assert isinstance(value, dict)
    saved = _saved(value)
    seen: set[str] = set()
    for one in saved.changes:
        if one.assistant_id in seen:
            raise ValueError(f"assistant {' '.join(one.assistant_id.split())[:100]} is in it twice")
        seen.add(one.assistant_id)
    return saved


def _json(content: bytes) -> Json:
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 2**20} MB")

    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    def once(pairs: list[tuple[str, Json]]) -> JsonObject:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a field is in it twice")
        return found

    try:
        text = content.decode("utf-8", "surrogatepass")
        if text.startswith("\ufeff"):
            raise ValueError("it begins with a byte order mark, so another program has written it since")
        value: Json = json.loads(text, parse_float=number, parse_constant=refuse, object_pairs_hook=once)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except ValueError as error:
        if LONG_NUMBER in str(error):
            raise ValueError("a number in it is too long") from None
        raise
    return value


def _said(error: ValidationError) -> str:
    """Where and what, on one line that is not as long as what is wrong."""
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    message = " ".join(error.message.split())
    message = message if len(message) <= 160 else f"{message[:80]} … {message[-79:]}"
    return f"{where.lstrip('.')[:160]}: {message}" if where else message


def _saved(value: JsonObject) -> SavedPlan:
    """From values that the schema has found to be right."""
    deployment, options, changes = value["deployment"], value["options"], value["changes"]
    assert isinstance(deployment, dict)
    assert isinstance(options, dict)
    assert isinstance(changes, list)
    on_drift = _text(options["on_drift"])
    return SavedPlan(
        deployment=Deployment(name=_text(deployment["name"]), url=str(deployment["url"])),
        identity=Identity(project_id=_text(deployment["project_id"]), tenant_id=_text(deployment["tenant_id"])),
        owner=str(value["owner"]),
        commit=_text(value["commit"]),
        made_at=str(value["made_at"]),
        options=Shape(
            prune=options["prune"] is True,
            adopt=options["adopt"] is True,
            on_drift=OnDrift(on_drift) if on_drift is not None else None,
            selected=_texts(options["selected"]) if options["selected"] is not None else None,
            named=_texts(options["named"]),
            allow=_texts(options["allow"]),
            allow_delete=_texts(options["allow_delete"]),
        ),
        changes=tuple(_decision(one) for one in changes),
    )


def _decision(value: Json) -> Decision:
    assert isinstance(value, dict)
    return Decision(
        key=str(value["key"]),
        assistant_id=str(value["assistant_id"]),
        action=str(value["action"]),
        target_version=_number(value["target_version"]),
        wanted=_text(value["wanted_hash"]),
        live_version=_number(value["live_version"]),
        live=_text(value["live_hash"]),
    )


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _texts(value: Json) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(one for one in value if isinstance(one, str))
