"""The workflows of a new repository, for where it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, assert_never

from msgspec import Struct

from reconciler.app.init.place import Place
from reconciler.app.init.put import NewFile
from reconciler.app.init.templates import fill
from reconciler.app.init.tool import ACTION_UNKNOWN, Tool
from reconciler.repo.settings import DeploymentSettings
from reconciler.repo.settings.address import VARIABLE

Kind = Literal["github", "gitlab", "none"]

GITHUB = ("plan", "apply", "drift", "rollback")
"""The workflows, each a template of that name."""

GITLAB = ".gitlab-ci.yml"

_ELSEWHERE = "the jobs that `reconciler init --ci gitlab` writes in an empty folder (-C DIR)"
_SECRET = re.compile(r"[A-Z_][A-Z0-9_]*\Z")
_PLAIN: Mapping[str, str] = {"ours": "", "trusted": "", "path": "", "gate": "", "reads": ""}
"""What only this tool's own repository has otherwise: there the action is part of the repository."""


class Reached(Struct, frozen=True, kw_only=True):
    """A deployment that CI plans and applies, and the variables that hold its credentials."""

    name: str
    variables: tuple[str, ...]


class Targets(Struct, frozen=True, kw_only=True):
    """The deployments of the settings as CI sees them: those that it reaches, in order, and the names of the others,
    which are at an address of one machine only."""

    reached: tuple[Reached, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.reached for name in one.variables))


def path_of(workflow: str) -> str:
    """Where a workflow of GITHUB is written."""
    return f".github/workflows/assistants-{workflow}.yml"


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


def files(kind: Kind, place: Place, tool: Tool, to: Targets) -> list[NewFile]:
    """The workflows. None where the folder has a name that could mean something to a shell or to the CI."""
    if not place.is_plain:
        return []
    match kind:
        case "none":
            return []
        case "github":
            action = tool.action(place.remote[0] if place.remote is not None else None) or ACTION_UNKNOWN
            found = github(place, to, action, _PLAIN)
            return [NewFile(path_of(name), content) for name, content in found.items()]
        case "gitlab":
            return [NewFile(GITLAB, gitlab(place, tool, to), has=b"reconciler", add=_ELSEWHERE)]
        case _:
            assert_never(kind)


def github(place: Place, to: Targets, action: str, more: Mapping[str, str]) -> dict[str, bytes]:
    """Each of GITHUB, filled in. `action` is what their steps use; `more` may say other values for any field."""
    values = {
        "action": action,
        "branch": json.dumps(place.branch),
        "directory": json.dumps(place.prefix.rstrip("/") or "."),
        "except": f"except: {' '.join(to.left_out)} # only one machine reaches it" if to.left_out else "",
        "env": _secrets(to.variables),
        "handed": fill("github/handed.yml", {}).decode(),
    }
    return {name: fill(f"github/{name}.yml", {**values, **more}) for name in GITHUB}


def gitlab(place: Place, tool: Tool, to: Targets) -> bytes:
    """The jobs of GITLAB, filled in."""
    keys = ", ".join(to.variables if to.reached else ("RECONCILER_API_KEY",)) or "this one needs none"
    values = {
        "branch": json.dumps(place.branch),
        "directory": f" -C {place.prefix.rstrip('/')}" if place.prefix else "",
        "tool": json.dumps(tool.spec),
        "deployment": json.dumps(to.reached[0].name if to.reached else ""),
        "keys": keys,
    }
    return fill("gitlab/gitlab-ci.yml", values)


def notes(
    kind: Kind, asked: Kind | None, place: Place, tool: Tool, to: Targets, written: Sequence[str]
) -> Iterator[str]:
    """What to look at, of the files that were `written`."""
    if kind == "none" and asked is None and place.remote is not None:
        yield f"{place.remote[0]} is neither GitHub nor GitLab, so no workflow is written: --ci says otherwise"
    if kind != "none" and not place.is_plain:
        yield f"`{place.prefix}` is a name that cannot stand in a workflow, so none is written"
    if not written:
        return
    if kind == "github" and tool.action(place.remote[0] if place.remote is not None else None) is None:
        yield (
            f"CI has to know where this tool comes from: in each `uses: {ACTION_UNKNOWN}` of the workflows put owner, "
            "repository and commit of a repository on GitHub that has it"
        )
    elif kind == "gitlab" and not tool.is_known:
        yield f"CI has to know where this tool comes from: say it in the line `RECONCILER:` of {GITLAB}"
    elif tool.note is not None:
        yield tool.note
    if kind == "gitlab" and not to.reached:
        yield f"CI plans and applies once reconciler.yaml lists a deployment that it can reach: name it in {GITLAB}"
    if kind == "github":
        yield from _environments(to)


def _environments(to: Targets) -> Iterator[str]:
    if not to.reached:
        yield "CI plans and applies once reconciler.yaml lists a deployment that it can reach"
    for one in to.reached:
        needs = f", each with {' and '.join(one.variables)} as secret" if one.variables else ""
        yield f"CI needs the environments `{one.name}-plan` and `{one.name}` of the repository{needs}"
    if to.reached:
        yield "`Verdict` is the check to require of pull requests"


def _secrets(names: Iterable[str]) -> str:
    lines = [f"  {name}: ${{{{ secrets.{name} }}}}" for name in names]
    return "\n".join(["env:", *lines]) if lines else ""
