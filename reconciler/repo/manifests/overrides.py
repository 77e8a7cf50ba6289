"""`overrides`: what one deployment, or one row, has otherwise. Each is a JSON Merge Patch of the content."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath
from reconciler.repo.manifests.fields import CONTENT, KNOWN
from reconciler.repo.manifests.row import Row
from reconciler.repo.words import did_you_mean, listing
from reconciler.repo.yaml import Findings


def check_overrides(found: Findings, value: Json, at: FieldPath, deployments: Sequence[str], *, row: bool) -> None:
    """Errors for names that are no deployment, and for fields that no override has.

    In a `row` content fields stand right under `overrides` too: they are that row's in every deployment.
    """
    table = found.mapping(at, value)
    for name, patch in (table or {}).items():
        here = (*at, name)
        if row and name in CONTENT:
            continue
        if name in deployments:
            for field in found.mapping(here, patch) or {}:
                if field not in CONTENT:
                    everywhere = f"`{field}` is the same in all deployments: write it at the top"
                    found.unknown((*here, field), CONTENT, everywhere if field in KNOWN else None)
        elif name in CONTENT and deployments:
            message = f"`{name}` stands right under `overrides`, which has a deployment first"
            found.add(here, "override-deployment", message, name=True, hint=f"{deployments[0]}: {{{name}: …}}")
        else:
            _unknown(found, here, deployments, row=row)


def _unknown(found: Findings, at: FieldPath, deployments: Sequence[str], *, row: bool) -> None:
    if not deployments:
        message = f"`{at[-1]}` is no deployment: reconciler.yaml lists none"
        hint = None
    else:
        message = f"`{at[-1]}` is no deployment of reconciler.yaml"
        hint = did_you_mean(str(at[-1]), (*deployments, *(CONTENT if row else ())))
        hint = hint or f"listed there: {listing(deployments)}"
    found.add(at, "override-deployment", message, name=True, hint=hint)


def row_overrides(row: Row, deployment: str | None) -> tuple[JsonObject, JsonObject]:
    """What a row has otherwise in every deployment, and what in this one."""
    table = row.fields.get("overrides")
    if not isinstance(table, dict):
        return {}, {}
    return content(table), content(table.get(deployment)) if deployment is not None else {}


def content(patch: Json) -> JsonObject:
    """What of a patch counts; the rest is told as an error."""
    return {name: patch[name] for name in patch if name in CONTENT} if isinstance(patch, dict) else {}
