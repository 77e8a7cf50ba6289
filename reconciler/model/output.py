"""What a run's output says: its text, the calls it would make, the field that made it fail. All of it untrusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise

from reconciler.model.json import Json, JsonObject, loads, same
from reconciler.model.trial import Call

LONGEST_TEXT = 2**20
"""Characters of an answer's text that are kept: of one that has as many there may have been more."""

_KINDS = {
    "ai": "ai",
    "AIMessageChunk": "ai",
    "assistant": "ai",
    "human": "human",
    "HumanMessageChunk": "human",
    "user": "human",
    "system": "system",
    "developer": "system",
    "tool": "tool",
    "function": "tool",
}
"""What a message's `type` or `role` says of who speaks."""
_HEADING = re.compile(r"\d+ validation errors? for .*")
_MISSING = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: (.*)")
_UNEXPECTED = re.compile(r"got an unexpected keyword argument ('[^']*')")
_QUOTED = re.compile(r"'([^']*)'")


def text_of(output: Json, given: Json) -> str:
    """The answer: the last message of the model, else a text that is the output or its `answer` or `output`, else the
    output as JSON. Messages that came with the input (`given`) are no answer; where there is none it is empty. What
    the graph asks is the answer, or its end, where no message says anything."""
    if isinstance(output, str):
        return output
    if isinstance(output, dict):
        said = next((_content(one) for one in reversed(_answered(output, given)) if _kind(one) == "ai"), None)
        if not said and (asked := question_of(output)) is not None:
            texts = [value for name in ("answer", "output") if isinstance(value := output.get(name), str) and value]
            return "\n\n".join([*texts[:1], asked])
        if said is not None:
            return said
        for name in ("answer", "output"):
            if isinstance(value := output.get(name), str):
                return value
        if isinstance(output.get("messages"), list):
            return ""
    return json.dumps(output, ensure_ascii=False, indent=2)


def depth(value: Json) -> int:
    """How many objects and lists stand around the innermost value. Does not recurse."""
    levels, level = 0, [value]
    while level := [each for outer in level if isinstance(outer, dict | list) for each in _inside(outer)]:
        levels += 1
    return levels


def calls_of(output: Json, given: Json) -> tuple[Call, ...]:
    """The calls that the last message asks for and nothing has answered."""
    messages = _answered(output, given) if isinstance(output, dict) else []
    if not messages or _kind(messages[-1]) != "ai":
        return ()
    found = messages[-1].get("tool_calls")
    return tuple(_call(each) for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def interrupted(output: Json) -> bool:
    """Whether the graph itself stopped to ask."""
    return isinstance(output, dict) and bool(output.get("__interrupt__"))


def question_of(output: Json) -> str | None:
    """What the graph itself stopped to ask, a text or as JSON; None where it did not."""
    asked = output.get("__interrupt__") if isinstance(output, dict) else None
    if not asked:
        return None
    each = asked if isinstance(asked, list) else [asked]
    values = [one["value"] if isinstance(one, dict) and "value" in one else one for one in each]
    return "\n\n".join(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2) for value in values
    )


def says_nothing(output: Json, given: Json) -> bool:
    """Whether nothing is in it but what came with the input: so a run answers that was cancelled before it had said
    anything (docs/server.md, S32)."""
    if not isinstance(output, dict) or _answered(output, given):
        return False
    asked = given if isinstance(given, dict) else {}
    new = (value for name, value in output.items() if name != "messages" and not same(value, asked.get(name)))
    return not any(value or isinstance(value, bool | int | float) for value in new)


def failure_of(output: Json) -> tuple[str, str] | None:
    """The name and the words of the error where the graph failed, inside an HTTP 200 (docs/server.md, S8)."""
    if not isinstance(output, dict) or "__error__" not in output:
        return None
    error = output["__error__"]
    if not isinstance(error, dict):
        return "error", error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    name, message = error.get("error"), error.get("message")
    return name if isinstance(name, str) else "error", message if isinstance(message, str) else ""


def failed_fields(message: str) -> tuple[str, ...]:
    """The context fields that an error names: pydantic's paths, each a line with an indented one below, or the
    arguments that a dataclass misses or does not know."""
    lines = message.splitlines()
    if lines and _HEADING.fullmatch(lines[0]):
        below = pairwise(lines[1:])
        return tuple(dict.fromkeys(line for line, next_ in below if line[:1].strip() and next_.startswith("  ")))
    named = [*_MISSING.findall(message), *_UNEXPECTED.findall(message)]
    return tuple(dict.fromkeys(name for part in named for name in _QUOTED.findall(part)))


def _answered(output: Mapping[str, Json], given: Json) -> list[JsonObject]:
    """The messages after those of the input, or else after its last one. Where the graph has dropped that one, all that
    were not in it."""
    found, asked = _messages(output), _messages(given) if isinstance(given, dict) else []
    if len(found) >= len(asked) and all(map(_alike, found, asked)):  # an answer may repeat what was asked
        return found[len(asked) :]
    for place in reversed(range(len(found))):
        if _alike(found[place], asked[-1]):
            return found[place + 1 :]
    return [message for message in found if not any(_alike(message, one) for one in asked)]


def _messages(values: Mapping[str, Json]) -> list[JsonObject]:
    """The messages in any of the forms that graphs take: a list of objects, of pairs or texts, or one alone."""
    found = values.get("messages")
    if isinstance(found, (dict, str)):
        found = [found]
    return [_message(each) for each in found] if isinstance(found, list) else []


def _message(value: Json) -> JsonObject:
    if isinstance(value, dict):
        inner = value.get("kwargs")  # as LangChain writes objects out: {"lc": 1, "type": "constructor", "kwargs": …}
        return inner if value.get("type") == "constructor" and isinstance(inner, dict) else value
    if isinstance(value, list) and len(value) == 2:
        return {"role": value[0], "content": value[1]}
    return {"role": "user", "content": value}


def _alike(one: JsonObject, other: JsonObject) -> bool:
    if isinstance(one.get("id"), str) and isinstance(other.get("id"), str):
        return one["id"] == other["id"]
    return _kind(one) == _kind(other) and _content(one) == _content(other)


def _kind(message: JsonObject) -> str:
    named = (message.get("type"), message.get("role"))
    return next((_KINDS[name] for name in named if isinstance(name, str) and name in _KINDS), "")


def _content(message: JsonObject) -> str:
    content = message.get("content")
    return "".join(_parts(content)) if isinstance(content, list) else content if isinstance(content, str) else ""


def _parts(content: Sequence[Json]) -> list[str]:
    texts = (part.get("text") if isinstance(part, dict) else part for part in content)
    return [text for text in texts if isinstance(text, str)]


def _call(found: JsonObject) -> Call:
    """A call as LangChain says it, or as OpenAI does, whose arguments are JSON in a text."""
    function = found.get("function")
    inner = function if isinstance(function, dict) else found
    name, arguments = inner.get("name"), inner.get("args", inner.get("arguments"))
    if isinstance(arguments, str):
        with suppress(ValueError, RecursionError):
            arguments = loads(arguments)
    return Call(tool=name if isinstance(name, str) else "?", arguments=arguments)


def _inside(value: list[Json] | dict[str, Json]) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value
