"""Runs, trials and checks as JSON values, as plan.schema.json says: their texts, not all of what a graph returned."""

from __future__ import annotations

from typing import assert_never

from reconciler.model.json import Json, JsonObject
from reconciler.model.report import Check
from reconciler.model.trial import Answered, Erred, NotRun, Ran, Trial, Unknown


def check_document(check: Check) -> JsonObject:
    """What the tries of one assistant found after an apply."""
    return {
        "key": check.key,
        "verdict": check.verdict.value,
        "before": check.before,
        "kept": check.kept,
        "proof": ran_document(check.proof) if check.proof is not None else None,
        "trials": [trial_document(trial) for trial in check.trials],
    }


def trial_document(trial: Trial) -> JsonObject:
    """One try of one assistant."""
    return {
        "key": trial.key,
        "try": trial.tried.name,
        "path": trial.tried.path,
        "line": trial.tried.line,
        "verdict": trial.verdict.value,
        "failures": list(trial.failures),
        "notes": list(trial.notes),
        "before": ran_document(trial.before) if trial.before is not None else None,
        "after": ran_document(trial.after),
    }


def ran_document(ran: Ran, *, whole: bool = False) -> JsonObject:
    """The end of one run; with `whole`, all that the graph returned too."""
    match ran:
        case Answered():
            calls: list[Json] = [{"tool": call.tool, "arguments": call.arguments} for call in ran.calls]
            output: JsonObject = {"output": ran.output} if whole else {}
            made: JsonObject = {"text": ran.text, **output}
            made |= {"seconds": round(ran.seconds, 3), "calls": calls, "stopped": ran.stopped, "cut": ran.cut}
            return {"end": "answered"} | made | {"asks": ran.asks, "left": ran.left}
        case Erred():
            made = {"error": ran.error, "message": ran.message, "fields": list(ran.fields)}
            return {"end": "erred"} | made | {"seconds": round(ran.seconds, 3), "started": ran.started}
        case Unknown():
            return {"end": "unknown", "why": ran.why, "left": ran.left}
        case NotRun():
            return {"end": "not_run", "why": ran.why}
        case _:
            assert_never(ran)
