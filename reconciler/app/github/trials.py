"""What the JSON of a plan says of tries, and that of a report of checks: how each went, for a verdict and an answer."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.trial import Verdict

NAMED = 10
"""Tries that are named where a check is red; the rest are counted."""


class Tried(Struct, frozen=True, kw_only=True):
    """One try of one assistant; `said` is how it went, in words, which are untrusted."""

    key: str
    name: str
    verdict: Verdict
    said: str
    path: str
    line: int | None


class Tries(Struct, frozen=True, kw_only=True):
    """What was tried of a plan. `off` is why nothing was, `interrupted` that not all was that was to be."""

    off: str | None
    interrupted: bool
    trials: tuple[Tried, ...]

    @property
    def _red(self) -> list[Tried]:
        """Also what was to be run and was not: an expectation that nobody looked at is not met."""
        verdicts = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.NOT_RUN)
        return [one for verdict in verdicts for one in self.trials if one.verdict is verdict]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The same, each at the line where the try stands."""
        return tuple(
            Diagnostic(
                severity="error",
                code=f"try-{one.verdict.value.replace('_', '-')}",
                message=f"assistant `{one.key}`: try `{one.name}` {one.said}",
                path=one.path,
                line=one.line,
                key=one.key,
            )
            for one in self._red
        )

    @property
    def failures(self) -> list[str]:
        """Why a check is red: an expectation that was not met, a run that failed, an end that is not known, a run that
        was not made."""
        red = self._red
        found = [f"{one.key}, try {one.name}: {one.said}" for one in red[:NAMED]]
        found += [f"and {len(red) - NAMED} more tries like these"] if len(red) > NAMED else []
        return [*found, *(["the tries were interrupted, so not all were made"] if self.interrupted else [])]


class Checked(Struct, frozen=True, kw_only=True):
    """What the tries of one assistant found after an apply. `said` is of each that did not go well why; `kept` why what
    was written stays all the same; `before` the version that was live before."""

    key: str
    verdict: Verdict
    before: int | None
    kept: str | None
    said: tuple[str, ...]


def tries(value: Json) -> Tries | None:
    """The field `tries` of a document that its schema has found to be right."""
    if not isinstance(value, dict):
        return None
    off = value["off"]
    return Tries(
        off=off if isinstance(off, str) else None,
        interrupted=value["interrupted"] is True,
        trials=tuple(
            Tried(
                key=str(one["key"]),
                name=str(one["try"]),
                verdict=_verdict(one),
                said=str(one["said"]),
                path=str(one["path"]),
                line=line if isinstance(line := one["line"], int) else None,
            )
            for one in _objects(value["trials"])
        ),
    )


def checks(value: Json) -> tuple[Checked, ...]:
    """The field `checks` of a document that its schema has found to be right."""
    return tuple(
        Checked(
            key=str(one["key"]),
            verdict=_verdict(one),
            before=before if isinstance(before := one["before"], int) else None,
            kept=kept if isinstance(kept := one["kept"], str) else None,
            said=tuple(text for trial in _objects(one["trials"]) for text in _why(trial)),
        )
        for one in _objects(value)
    )


def _why(trial: JsonObject) -> Iterable[str]:
    """Why a try of a check did not go well; nothing where it did."""
    verdict, after, name = _verdict(trial), trial["after"], trial["try"]
    assert isinstance(after, dict), "the schema has been asked"
    if verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN):
        yield f"try {name}: {after['why']}"
    elif verdict is Verdict.FAILED and after["end"] == "erred":
        yield f"try {name}: {after['error']}"
    elif verdict is Verdict.FAILED:
        failures = trial["failures"]
        yield from (f"try {name}: {one}" for one in (failures if isinstance(failures, list) else []))


def _verdict(value: JsonObject) -> Verdict:
    return Verdict(str(value["verdict"]))


def _objects(value: Json) -> Iterable[JsonObject]:
    return (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))
