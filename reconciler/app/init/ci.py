"""The workflows of a new repository, for where it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from reconciler.app.init.place import Place
from reconciler.app.init.put import NewFile
from reconciler.app.init.templates import fill
from reconciler.app.init.tool import Tool
from reconciler.repo.settings import SETTINGS, DeploymentSettings
from reconciler.repo.settings.address import VARIABLE

Kind = Literal["github", "gitlab", "none"]

VALIDATE = ".github/workflows/assistants-validate.yml"
DEPLOY = ".github/workflows/assistants-deploy.yml"
GITLAB = ".gitlab-ci.yml"

_ELSEWHERE = "the jobs that `reconciler init --ci gitlab` writes in an empty folder (-C DIR)"
_SECRET = re.compile(r"[A-Z_][A-Z0-9_]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The deployment that CI plans and applies, and the variables that hold its credentials."""

    name: str
    variables: tuple[str, ...]


def kind_of(place: Place) -> Kind:
    """Where the remote is; GitHub's for a repository without one; none for a host that is neither."""
    if place.remote is None:
        return "github"
    host = place.remote[0].lower()
    return "github" if "github" in host else "gitlab" if "gitlab" in host else "none"


def reached(deployment: DeploymentSettings) -> Reached:
    """A deployment as CI reaches it: the first of the variables that may hold its key, and those of its headers."""
    expanded = [deployment.url, *deployment.headers.values()]
    named = [*deployment.api_key_names[:1], *(name for text in expanded for name in VARIABLE.findall(text))]
    return Reached(name=deployment.name, variables=tuple(dict.fromkeys(name for name in named if _SECRET.match(name))))


def files(kind: Kind, place: Place, tool: Tool, to: Reached | None) -> list[NewFile]:
    """The workflows. Without a deployment that CI can reach, only the one that validates. None where the folder has a
    name that could mean something to a shell or to the CI."""
    if not place.is_plain:
        return []
    settings = f"{place.prefix}{SETTINGS}"
    values = {
        "branch": json.dumps(place.branch),
        "directory": f" -C {place.prefix.rstrip('/')}" if place.prefix else "",
        "settings": settings,
        "tool": json.dumps(tool.spec),
    }
    match kind:
        case "none":
            return []
        case "github":
            found = [NewFile(VALIDATE, fill("github/validate.yml", values))]
            if to is not None:
                more = {"deployment": to.name, "env": _secrets(to.variables)}
                found.append(NewFile(DEPLOY, fill("github/deploy.yml", values | more)))
            return found
        case "gitlab":
            keys = ", ".join(to.variables if to is not None else ("RECONCILER_API_KEY",)) or "this one needs none"
            more = {"deployment": json.dumps(to.name if to is not None else ""), "keys": keys}
            return [NewFile(GITLAB, fill("gitlab/gitlab-ci.yml", values | more), has=b"reconciler", add=_ELSEWHERE)]
        case _:
            assert_never(kind)


def notes(
    kind: Kind, asked: Kind | None, place: Place, tool: Tool, to: Reached | None, written: Sequence[str]
) -> Iterator[str]:
    """What to look at, of the files that were `written`."""
    if kind == "none" and asked is None and place.remote is not None:
        yield f"{place.remote[0]} is neither GitHub nor GitLab, so no workflow is written: --ci says otherwise"
    if kind != "none" and not place.is_plain:
        yield f"`{place.prefix}` is a name that cannot stand in a workflow, so none is written"
    if not written:
        return
    if not tool.is_known:
        yield f"CI has to know where this tool comes from: say it in the line `RECONCILER:` of {' and '.join(written)}"
    elif tool.note is not None:
        yield tool.note
    if to is None:
        then = "`reconciler init -d NAME`" if kind == "github" else f"name it in {GITLAB}, as DEPLOYMENT"
        yield f"CI plans and applies once reconciler.yaml lists a deployment that it can reach: then {then}"
    elif to.variables and DEPLOY in written:
        which = f"environments `{to.name}-plan` and `{to.name}` of the repository"
        yield f"CI needs {' and '.join(to.variables)}, as secret{'s'[: len(to.variables) - 1]} of the {which}"


def _secrets(names: Iterable[str]) -> str:
    lines = [f"  {name}: ${{{{ secrets.{name} }}}}" for name in names]
    return "\n".join(["env:", *lines]) if lines else ""
