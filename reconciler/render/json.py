"""A plan or a report as JSON, in the form that plan.schema.json publishes.

The order of everything follows from the plan alone. What steers a terminal is escaped as `\\uXXXX`, so that the
document can be looked at as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from reconciler.model.change import (
    ABSENT,
    Change,
    Delete,
    FieldChange,
    Losses,
    action,
    assistant_id_of,
    key_of,
    live_of,
    order,
    place_of,
    target_of,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.plan import Guard, Held, Plan
from reconciler.model.report import Outcome, Report
from reconciler.model.trial import Tried
from reconciler.render.escape import CONTROL, INVISIBLE
from reconciler.render.ran_json import check_document
from reconciler.render.schema import schema
from reconciler.render.trials import said

__all__ = [
    "FORMAT_VERSION",
    "diagnostic_document",
    "document",
    "dumps",
    "field_document",
    "plan",
    "report",
    "schema",
]

FORMAT_VERSION = "1.2"
"""The number of the form: a new field raises the second part, anything else the first."""

_STEERS = re.compile(rf"(?!\n)[{CONTROL}{INVISIBLE}]|(?<=##)\[")


def plan(plan: Plan, *, tried: Tried | None = None) -> Iterator[str]:
    """The plan as a JSON document, with how each try went, but no answers; ends with a line end. In pieces, made one
    after the other: ten thousand changes are never one text."""
    return _pieces(_plan(plan) | {"tries": _tries(tried)})


def report(report: Report) -> Iterator[str]:
    """What an apply did, as a JSON document: that of the plan with an outcome for each change. In pieces, as `plan`."""
    return _pieces(_report(report))


def dumps(value: Json) -> str:
    """Readable JSON that no terminal and no runner takes for more than text."""
    return _encoded(value) + "\n"


def _pieces(document: Mapping[str, Json | Iterator[Json]]) -> Iterator[str]:
    """The same text as `dumps` makes of it, but one entry of a list at a time."""
    between = "{"
    for name, value in document.items():
        yield f'{between}\n  "{name}": '
        between = ","
        if isinstance(value, Iterator):
            yield from _list(value)
        else:
            yield _encoded(value, 2)
    yield "\n}\n"


def _list(values: Iterator[Json]) -> Iterator[str]:
    between = "["
    for value in values:
        yield f"{between}\n    {_encoded(value, 4)}"
        between = ","
    yield "[]" if between == "[" else "\n  ]"


def _encoded(value: Json, indent: int = 0) -> str:
    text = _STEERS.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))
    return text.replace("\n", "\n" + " " * indent) if indent else text  # a line end is never inside a string


def _escaped(match: re.Match[str]) -> str:
    # Whatever is found stands inside a string: outside there is nothing but ASCII, and no `##[`.
    return json.dumps(match.group())[1:-1] if not match.group().isascii() else f"\\u{ord(match.group()):04x}"


def document(plan: Plan) -> JsonObject:
    """The plan as JSON values."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _plan(plan).items()}


def _plan(plan: Plan) -> dict[str, Json | Iterator[Json]]:
    return {
        "format_version": FORMAT_VERSION,
        "deployment": {"name": plan.deployment.name, "url": plan.deployment.url},
        "owner": plan.owner,
        "commit": plan.commit,
        "base": plan.base,
        "offline": plan.offline,
        "summary": _summary(plan),
        "changes": (_change(plan, change) for change in sorted(plan.changes, key=order)),
        "held": (_held(plan, held) for held in sorted(plan.held, key=lambda held: order(held.change))),
        "refused": [diagnostic_document(found) for found in sorted(plan.refused, key=Diagnostic.order)],
        "guards": [_guard(guard) for guard in plan.guards],
        "diagnostics": [diagnostic_document(found) for found in sorted(plan.diagnostics, key=Diagnostic.order)],
        "tries": None,
    }


def _tries(tried: Tried | None) -> Json:
    if tried is None:
        return None
    found: list[Json] = [
        {
            "key": trial.key,
            "try": trial.tried.name,
            "path": trial.tried.path,
            "line": trial.tried.line,
            "verdict": trial.verdict.value,
            "said": said(trial),
        }
        for trial in tried.trials
    ]
    return {"off": tried.off, "interrupted": tried.interrupted, "trials": found}


def _report(report: Report) -> dict[str, Json | Iterator[Json]]:
    """A change the run never came to has the outcome null."""
    found = {assistant_id_of(outcome.change): outcome for outcome in report.outcomes}
    plan = report.plan
    return _plan(plan) | {
        "changes": (
            _change(plan, change) | _outcome(found.get(assistant_id_of(change)))
            for change in sorted(plan.changes, key=order)
        ),
        "held": (
            _held(plan, one) | _outcome(found.get(assistant_id_of(one.change)), "held")
            for one in sorted(plan.held, key=lambda held: order(held.change))
        ),
        "diagnostics": [diagnostic_document(one) for one in sorted(report.diagnostics, key=Diagnostic.order)],
        "converged": report.converged,
        "interrupted": report.interrupted,
        "checks": [check_document(check) for check in report.checks],
    }


def _summary(plan: Plan) -> JsonObject:
    verbs = ("create", "update", "activate", "delete")
    counts: JsonObject = {verb: sum(action(change) == verb for change in plan.changes) for verb in verbs}
    return counts | {
        "unchanged": len(plan.unchanged),
        "drifted": len(plan.drifted),
        "held": len(plan.held),
        "adopted": len(plan.adopted),
        "unmanaged": plan.unmanaged,
        "foreign": dict(sorted(plan.foreign.items())),
        "copies": plan.copies,
    }


def _change(plan: Plan, change: Change) -> JsonObject:
    live, place = live_of(change), place_of(change)
    proposed = key_of(change) in plan.proposed if plan.proposed is not None else None
    return {
        "key": key_of(change),
        "assistant_id": assistant_id_of(change),
        "action": action(change),
        "reasons": [reason.value for reason in change.reasons],
        "state": change.state.value,
        "path": place[0] if place is not None else None,
        "line": place[1] if place is not None else None,
        "proposed": proposed,
        "live_version": live.row.number if live is not None and not plan.offline else None,
        "target_version": target_of(change) if not plan.offline else None,
        "note": change.note,
        "losses": _losses(change.losses) if isinstance(change, Delete) else None,
        "fields": [field_document(field) for field in change.fields],
    }


def _losses(losses: Losses) -> JsonObject:
    return {
        "versions": losses.versions,
        "more_versions": losses.more,
        "threads": losses.threads,
        "crons": losses.crons,
    }


def field_document(field: FieldChange) -> JsonObject:
    """One field that differs."""
    made: JsonObject = {"path": list(field.path), "op": field.op}
    if field.file is not None:
        made["file"] = field.file
    if field.before is not ABSENT:
        made["before"] = _sorted(field.before)
    if field.after is not ABSENT:
        made["after"] = _sorted(field.after)
    return made


def _sorted(value: Json) -> Json:
    """The same value, whatever the order in which its keys were read."""
    if isinstance(value, dict):
        return {name: _sorted(inner) for name, inner in sorted(value.items())}
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _held(plan: Plan, held: Held) -> JsonObject:
    return _change(plan, held.change) | {"why": held.why, "blocks": held.blocks, "ahead": held.ahead}


def _outcome(outcome: Outcome | None, otherwise: str | None = None) -> JsonObject:
    if outcome is None:
        return {"outcome": otherwise, "by": None, "version": None, "error": None, "outcome_note": None}
    return {
        "outcome": outcome.result.value,
        "by": outcome.by,
        "version": outcome.version,
        "error": outcome.error,
        "outcome_note": outcome.note,
    }


def _guard(guard: Guard) -> JsonObject:
    return {
        "guard": guard.guard,
        "verdict": guard.verdict,
        "message": guard.message,
        "allow": guard.allow,
        "by": guard.by,
    }


def diagnostic_document(found: Diagnostic) -> JsonObject:
    """One diagnostic."""
    return {
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "hint": found.hint,
        "key": found.key,
    }
