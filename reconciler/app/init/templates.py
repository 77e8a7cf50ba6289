"""The files that are written from a template: `@{name}` is filled in, everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

_FIELD = re.compile(r"@\{([a-z]+)\}")
_LINE = re.compile(r"^( *)@\{([a-z]+)\}\n", re.MULTILINE)


def fill(name: str, values: Mapping[str, str]) -> bytes:
    """The template of that name, as `github/plan.yml`. Every field of it needs a value.

    A field that is alone in its line may hold several lines, which take its indentation, or none, and then the line
    goes.
    """
    template = resources.files("reconciler").joinpath("templates", *name.split("/")).read_text("utf-8")

    def lines(found: re.Match[str]) -> str:
        return "".join(f"{found[1]}{line}\n" for line in values[found[2]].splitlines())

    return _FIELD.sub(lambda found: values[found[1]], _LINE.sub(lines, template)).encode()
