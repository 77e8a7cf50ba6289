"""What `try --format json=FILE` wrote, read back by the plan that shows it.

Whoever could write the file may have written it: all of it is checked against try.schema.json, the one its writer
keeps. Its texts (answers, inputs, names, messages) are untrusted still.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from reconciler.app import strict
from reconciler.app.github.document import require_version
from reconciler.errors import UsageError
from reconciler.model.json import Json, JsonObject
from reconciler.model.plan import Deployment, Plan
from reconciler.model.trial import Answered, Call, Erred, NotRun, Ran, Trial, Tried, Unknown
from reconciler.model.tries import Expect, Try
from reconciler.render.schema import schema

LARGEST = 128 * 2**20
"""Bytes. Twenty runs whose graphs return a megabyte each have a fifth of it."""


def read(path: Path) -> Tried:
    """What was tried. Raises UsageError, one line, for whatever else is in the file, or where it cannot be read."""
    content = strict.read_bytes(path, LARGEST)
    try:
        return loads(content)
    except ValueError as error:
        raise UsageError(
            f"{path} is not the JSON of tries: {error}", hint="reconciler try --format json=FILE writes one"
        ) from None


def loads(content: bytes) -> Tried:
    """What these bytes say was tried. Raises ValueError, never anything else, with what is wrong and where."""
    form, value = schema("try"), strict.loads(content, LARGEST)
    require_version(value, form)
    found = strict.require(value, form)
    where = _object(found["deployment"])
    return Tried(
        deployment=Deployment(name=_text(where["name"]), url=str(where["url"])),
        owner=str(found["owner"]),
        commit=_text(found["commit"]),
        against=str(found["against"]),
        trials=tuple(map(_trial, _objects(found["trials"]))),
        alike={key: _texts(keys) for key, keys in _object(found["alike"]).items()},
        untried={key: str(why) for key, why in _object(found["untried"]).items()},
        off=_text(found["off"]),
        interrupted=found["interrupted"] is True,
    )


def require_of(tried: Tried, plan: Plan, path: Path) -> None:
    """Raises UsageError where something else was tried than what is planned: nobody may read answers of another prompt
    under a difference. Where nothing was tried there are no answers, of whichever commit."""
    compared = [
        ("owner", tried.owner, plan.owner),
        ("deployment", tried.deployment.name, plan.deployment.name),
        ("server", tried.deployment.url, plan.deployment.url),
        ("commit", tried.commit, plan.commit),
    ]
    for what, of, planned in compared if tried.off is None else compared[:2]:
        if of != planned:
            raise UsageError(
                f"{path} is of {what} {of or 'unknown'}, and the plan of {planned or 'unknown'}",
                hint="run reconciler try again, with the same --deployment, and files that nobody changes meanwhile",
            )


def _trial(value: JsonObject) -> Trial:
    made = Trial(
        key=str(value["key"]),
        tried=_try(_object(value["try"])),
        after=_ran(_object(value["after"])),
        before=_ran(_object(value["before"])) if value["before"] is not None else None,
        failures=_texts(value["failures"]),
        notes=_texts(value["notes"]),
    )
    if made.verdict.value != value["verdict"]:
        raise ValueError(
            f"a try is said to be {value['verdict']}, and what it says itself comes to {made.verdict.value}"
        )
    return made


def _try(value: JsonObject) -> Try:
    expect, stops = _object(value["expect"]), value["interrupt_before"]
    before: tuple[str, ...] | Literal["*"] | None = _texts(stops) if isinstance(stops, list) else None
    return Try(
        name=str(value["name"]),
        input=value["input"],
        expect=Expect(
            contains=_texts(expect["contains"]),
            not_contains=_texts(expect["not_contains"]),
            matches=_texts(expect["matches"]),
            json_path=tuple((str(one["path"]), one["value"]) for one in _objects(expect["json_path"])),
            max_seconds=_number(expect["max_seconds"]),
        ),
        interrupt_before="*" if stops == "*" else before,
        path=str(value["path"]),
        line=int(_number(value["line"]) or 1),
    )


def _ran(value: JsonObject) -> Ran:
    match value["end"]:
        case "answered":
            return Answered(
                text=str(value["text"]),
                output=value["output"],
                seconds=_number(value["seconds"]) or 0.0,
                calls=tuple(
                    Call(tool=str(one["tool"]), arguments=one["arguments"]) for one in _objects(value["calls"])
                ),
                stopped=value["stopped"] is True,
                cut=value["cut"] is True,
                asks=_text(value["asks"]),
                left=_text(value["left"]),
            )
        case "erred":
            return Erred(
                error=str(value["error"]),
                message=str(value["message"]),
                fields=_texts(value["fields"]),
                seconds=_number(value["seconds"]) or 0.0,
                started=value["started"] is True,
            )
        case "unknown":
            return Unknown(why=str(value["why"]), left=_text(value["left"]))
        case _:
            return NotRun(why=str(value["why"]))


def _object(value: Json) -> JsonObject:
    assert isinstance(value, dict), "the schema has been asked"
    return value


def _objects(value: Json) -> Iterator[JsonObject]:
    assert isinstance(value, list), "the schema has been asked"
    return map(_object, value)


def _texts(value: Json) -> tuple[str, ...]:
    assert isinstance(value, list), "the schema has been asked"
    return tuple(one for one in value if isinstance(one, str))


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
