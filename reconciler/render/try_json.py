"""What was tried, as JSON in the form that try.schema.json publishes."""

from __future__ import annotations

from typing import assert_never

from reconciler.model.json import Json, JsonObject
from reconciler.model.trial import Answered, Erred, NotRun, Ran, Trial, Tried, Unknown, Verdict
from reconciler.model.tries import Expect, Try
from reconciler.render.json import dumps

FORMAT_VERSION = "1.0"
"""The number of the form: a new field raises the second part, anything else the first."""


def tried(tried: Tried) -> str:
    """It as a JSON document; ends with a line end."""
    return dumps(document(tried))


def document(tried: Tried) -> JsonObject:
    """It as JSON values. Reading them back gives the same value."""
    found = [trial.verdict for trial in tried.trials]
    return {
        "format_version": FORMAT_VERSION,
        "deployment": {"name": tried.deployment.name, "url": tried.deployment.url},
        "owner": tried.owner,
        "commit": tried.commit,
        "against": tried.against,
        "summary": {verdict.value: found.count(verdict) for verdict in Verdict},
        "trials": [_trial(trial) for trial in tried.trials],
        "alike": {key: list(others) for key, others in sorted(tried.alike.items())},
        "untried": dict(sorted(tried.untried.items())),
        "off": tried.off,
        "interrupted": tried.interrupted,
    }


def _trial(trial: Trial) -> JsonObject:
    return {
        "key": trial.key,
        "try": _try(trial.tried),
        "verdict": trial.verdict.value,
        "failures": list(trial.failures),
        "notes": list(trial.notes),
        "before": _ran(trial.before) if trial.before is not None else None,
        "after": _ran(trial.after),
    }


def _try(one: Try) -> JsonObject:
    stops = one.interrupt_before
    return {
        "name": one.name,
        "path": one.path,
        "line": one.line,
        "input": one.input,
        "expect": _expect(one.expect),
        "interrupt_before": list(stops) if isinstance(stops, tuple) else stops,
    }


def _expect(expect: Expect) -> JsonObject:
    return {
        "contains": list(expect.contains),
        "not_contains": list(expect.not_contains),
        "matches": list(expect.matches),
        "json_path": [{"path": path, "value": value} for path, value in expect.json_path],
        "max_seconds": expect.max_seconds,
    }


def _ran(ran: Ran) -> JsonObject:
    match ran:
        case Answered():
            calls: list[Json] = [{"tool": call.tool, "arguments": call.arguments} for call in ran.calls]
            made: JsonObject = {"text": ran.text, "output": ran.output, "seconds": round(ran.seconds, 3)}
            asks: JsonObject = {"asks": ran.asks, "left": ran.left}
            return {"end": "answered"} | made | {"calls": calls, "stopped": ran.stopped, "cut": ran.cut} | asks
        case Erred():
            made = {"error": ran.error, "message": ran.message, "fields": list(ran.fields)}
            return {"end": "erred"} | made | {"seconds": round(ran.seconds, 3), "started": ran.started}
        case Unknown():
            return {"end": "unknown", "why": ran.why, "left": ran.left}
        case NotRun():
            return {"end": "not_run", "why": ran.why}
        case _:
            assert_never(ran)
