"""What was tried, as JSON in the form that try.schema.json publishes."""

from __future__ import annotations

from reconciler.model.json import JsonObject
from reconciler.model.trial import Trial, Tried, Verdict
from reconciler.model.tries import Expect, Try
from reconciler.render.json import dumps
from reconciler.render.ran_json import ran_document

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
        "before": ran_document(trial.before, whole=True) if trial.before is not None else None,
        "after": ran_document(trial.after, whole=True),
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
