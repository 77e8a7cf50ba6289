"""`for_each`: one assistant per row. Rows stand in the manifest, or in a file of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath
from reconciler.repo.manifests.fields import CONTENT, KNOWN
from reconciler.repo.manifests.files import Files
from reconciler.repo.manifests.keys import key_problem
from reconciler.repo.manifests.layers import Part
from reconciler.repo.manifests.overrides import check_overrides
from reconciler.repo.manifests.row import Row
from reconciler.repo.yaml import Findings, dotted, inline

_OF_A_ROW = frozenset(("key", "assistant_id", "overrides"))
"""Fields that mean in a row what they mean in a manifest."""

_EXAMPLE = "for_each: [{id: acme, tone: formal}]"


def read_rows(found: Findings, manifest: Part, value: Json, files: Files, key: str) -> tuple[Row, ...] | None:
    """The rows of the manifest of that key, whose `for_each` is `value`; None where they cannot be read, which `found`
    or `files` tells."""
    at: FieldPath = ("for_each",)
    if isinstance(value, list):
        return _rows(found, manifest, at, value, files.deployments, key)
    if not isinstance(value, str) or not value:
        hint = f"{_EXAMPLE}; or the name of a file of rows: for_each: _rows.yaml"
        found.add(at, "field-type", "field `for_each` is a list of rows, or names a file of them", hint=hint)
        return None
    part = files.part(value, manifest.document.where(at), rows=True)
    if isinstance(part, Diagnostic):
        found.all.append(part)
    if not isinstance(part, Part):
        return None
    table = part.document.value
    assert isinstance(table, list)
    inner = Findings(part.document, found.key)
    rows = _rows(inner, part, (), table, files.deployments, key)
    found.all += inner.all
    return rows


def untaken(rows: Sequence[Row], asked: Collection[str], key: str) -> list[Diagnostic]:
    """Warnings about what only looks like a field of a manifest: it stands in a row, and no tag takes it from there.
    Each once, for the first row that has it."""
    told: list[Diagnostic] = []
    names = (rows[0].common & KNOWN) - _OF_A_ROW - frozenset(asked)
    for name in sorted(names):
        row = next(one for one in rows if name in one.fields)
        found = Findings(row.part.document, key)
        before = len(found.all)
        message = f"nothing takes `{name}` from the rows, so it does nothing"
        hint = f"in the manifest: {name}: !each {name}"
        if name in CONTENT:
            hint += f"; for this row alone: overrides: {{{name}: …}}"
        found.add((*row.prefix, name), "row-unused", message, name=True, severity="warning", hint=hint)
        told += found.all[before:]
    return told


def _rows(
    found: Findings, part: Part, at: FieldPath, table: Sequence[Json], deployments: Sequence[str], key: str
) -> tuple[Row, ...] | None:
    if not table:
        message = "`for_each` has no rows, so this manifest describes no assistant"
        found.add(at, "no-rows", message, hint=f"{_EXAMPLE}; or remove the file")
        return None
    before = len(found.all)
    rows: dict[str, Row] = {}
    common = frozenset(name for fields in table if isinstance(fields, dict) for name in fields)
    for number, fields in enumerate(table):
        here = (*at, number)
        row = _row(found, part, here, fields, deployments, key)
        if row is None:
            continue
        row = replace(row, common=common)
        other = rows.setdefault(row.id.casefold(), row)
        if other is not row:
            message = f"row `{row.id}` is there twice; the first one is in line {other.place.line}"
            if other.id != row.id:
                message = f"row `{row.id}` differs only in case from row `{other.id}` in line {other.place.line}"
            found.add((*here, "id"), "row-twice", message)
    failed = any(d.severity == "error" for d in found.all[before:])
    return None if failed else tuple(rows.values())


def _row(found: Findings, part: Part, at: FieldPath, value: Json, deployments: Sequence[str], key: str) -> Row | None:
    if isinstance(value, str) and value:
        found.add(
            at, "field-type", f"field `{dotted(at)}` must be a mapping, and is text", hint=f"{{id: {inline(value)}}}"
        )
        return None
    fields: JsonObject | None = found.mapping(at, value)
    if fields is None:
        return None
    if "id" not in fields:
        found.add(at, "field-missing", "a row has no field `id`, which ends its assistant's key", hint="id: acme")
        return None
    text = found.text((*at, "id"), fields["id"])
    if text is None:
        return None
    wrong = key_problem(text) if "/" not in text else f"`{text}` is one part of a key, and has no `/`"
    steps, whole = (*at, "id"), f"{key}/{text}"
    if wrong is None and "key" in fields:
        steps, whole = (*at, "key"), found.text((*at, "key"), fields["key"]) or whole
    wrong = wrong or (key_problem(whole) if key_problem(key) is None or "key" in fields else None)
    if wrong is not None:
        found.add(steps, "key-grammar", wrong)
        return None
    if "overrides" in fields:
        check_overrides(found, fields["overrides"], (*at, "overrides"), deployments, row=True)
    return Row(id=text, fields=fields, part=part, prefix=at, place=part.document.where((*at, "id")))
