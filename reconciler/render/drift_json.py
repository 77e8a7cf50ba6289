"""Drift as JSON, in the form that drift.schema.json publishes."""

from __future__ import annotations

from reconciler.model.change import State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.drift import Drift, Drifted
from reconciler.model.json import Json, JsonObject
from reconciler.model.live import Version
from reconciler.render import drift_words
from reconciler.render.json import diagnostic_document, dumps, field_document

FORMAT_VERSION = "1.1"
"""The number of the form: a new field raises the second part, anything else the first."""


def drift(drift: Drift) -> str:
    """The drift as a JSON document; ends with a line end."""
    return dumps(document(drift))


def document(drift: Drift) -> JsonObject:
    """The drift as JSON values."""
    return {
        "format_version": FORMAT_VERSION,
        "deployment": {"name": drift.deployment.name, "url": drift.deployment.url},
        "owner": drift.owner,
        "commit": drift.commit,
        "summary": _summary(drift),
        "drift": [_drifted(one) for one in drift.drifted],
        "refused": [diagnostic_document(one) for one in sorted(drift.refused, key=Diagnostic.order)],
        "diagnostics": [diagnostic_document(one) for one in sorted(drift.diagnostics, key=Diagnostic.order)],
    }


def _summary(drift: Drift) -> JsonObject:
    def count(state: State) -> int:
        return sum(one.state is state for one in drift.drifted)

    return {
        "edited": count(State.EDITED),
        "rolled_back": count(State.ROLLED_BACK),
        "missing": count(State.MISSING),
        "as_applied": len(drift.as_applied),
        "waiting": len(drift.waiting),
        "half_restored": len(drift.half_restored),
        "not_taken": len(drift.not_taken),
        "adopted": len(drift.adopted),
        "refused": len(drift.refused),
    }


def _drifted(one: Drifted) -> JsonObject:
    fields: list[Json] = [field_document(field) for field in one.fields]
    compared = "taken" if one.taken is not None else "applied" if one.applied is not None else "git"
    return {
        "key": one.wanted.key,
        "assistant_id": one.wanted.assistant_id,
        "graph_id": one.wanted.spec.graph_id,
        "state": one.state.value,
        "who": one.who.value,
        "path": one.wanted.path,
        "line": one.wanted.line,
        "live": _version(one.live),
        "applied": _applied(one.applied) if one.applied is not None else None,
        "taken": _version(one.taken),
        "compared_with": compared if one.live is not None else None,
        "ahead": one.ahead,
        "why": drift_words.cause(one),
        "note": one.note,
        "fields": fields,
    }


def _version(row: Version | None) -> JsonObject | None:
    return {"version": row.number, "created_at": row.created_at} if row is not None else None


def _applied(row: Version) -> JsonObject:
    marker = row.marker
    return {
        "version": row.number,
        "created_at": row.created_at,
        "commit": marker.commit if marker is not None else None,
        "path": marker.path if marker is not None else None,
    }
