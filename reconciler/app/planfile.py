"""The file form of a saved plan, published as saved.schema.json. What is read is untrusted: all of it is checked."""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path

from reconciler.app import strict
from reconciler.errors import UsageError
from reconciler.model.json import Json, JsonObject, canonical
from reconciler.model.plan import Deployment
from reconciler.model.saved import Decision, Identity, SavedPlan, Shape
from reconciler.model.wanted import OnDrift

FORMAT_VERSION = "1.0"

LARGEST = 5 * 2**20
"""Bytes. A plan of ten thousand changes has less."""


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
    content = strict.read_bytes(path, LARGEST)
    try:
        return loads(content)
    except ValueError as error:
        raise UsageError(f"{path} is not a saved plan: {error}", hint="reconciler plan --out FILE writes one") from None


def loads(content: bytes) -> SavedPlan:
    """The saved plan in these bytes. Raises ValueError, never anything else, with what is wrong and where."""
    value = strict.loads(content, LARGEST)
    if isinstance(value, dict) and value.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise ValueError(f"its format_version is not {FORMAT_VERSION}: another version of reconciler wrote it")
    saved = _saved(strict.require(value, schema()))
    seen: set[str] = set()
    for one in saved.changes:
        if one.assistant_id in seen:
            raise ValueError(f"assistant {' '.join(one.assistant_id.split())[:100]} is in it twice")
        seen.add(one.assistant_id)
    return saved


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
