"""Which server a run talks to: `--url`, else `-d`, else RECONCILER_URL, else the only deployment listed; where none is
listed, LangGraph's own variables."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from reconciler.errors import SettingsError, UsageError
from reconciler.repo.settings.address import normal, problem
from reconciler.repo.settings.types import DeploymentSettings, Settings
from reconciler.repo.words import listing, nearest

SANDBOX = "RECONCILER_SANDBOX"
"""Set inside `sandbox -- COMMAND…` to its address: every other one is refused there."""


class Target(Struct, frozen=True):
    """`deployment` is the one chosen by name, None for a bare address. `url` is an address that stands for its own.

    `given_by` says where the address comes from, for messages: `--url`, `RECONCILER_URL`, `deployments.staging`.
    """

    deployment: DeploymentSettings | None
    url: str | None
    given_by: str


def choose(
    settings: Settings, environ: Mapping[str, str], *, deployment: str | None = None, url: str | None = None
) -> Target:
    """The server this run is about. Reads no variable of any deployment.

    Raises:
        UsageError: no such deployment, several and none chosen, none at all, or `--url` is no address.
    """
    chosen = find_deployment(settings, deployment) if deployment is not None else None
    if url is not None:
        return Target(chosen, _address(url, "--url"), "--url")
    if chosen is not None:
        return Target(chosen, None, f"deployments.{chosen.name}")
    if environ.get("RECONCILER_URL"):
        return Target(None, _address(environ["RECONCILER_URL"], "RECONCILER_URL"), "RECONCILER_URL")
    if len(settings.deployments) == 1:
        return Target(settings.deployments[0], None, f"deployments.{settings.deployments[0].name}")
    if settings.deployments:
        names = [d.name for d in settings.deployments]
        raise UsageError(f"there are several deployments: {listing(names)}", hint=f"choose one: -d {names[0]}")
    for name in ("LANGGRAPH_API_URL", "LANGGRAPH_DEPLOYMENT_URL"):
        if environ.get(name):
            return Target(None, _address(environ[name], name), name)
    raise UsageError(
        "no server is named: reconciler.yaml lists no deployment",
        hint="give one with --url URL, or list it:\ndeployments:\n  staging:\n    url: https://staging.example.com",
    )


def find_deployment(settings: Settings, name: str) -> DeploymentSettings:
    """The deployment of that name. Raises UsageError, with the nearest name."""
    found = settings.deployment(name)
    if found is not None:
        return found
    names = [d.name for d in settings.deployments]
    near = nearest(name, names)
    meant = f"did you mean -d {near}?" if near else None
    raise UsageError(f"there is no deployment `{name}`; reconciler.yaml lists {listing(names)}", hint=meant)


def _rehearse(given_by: str) -> str:
    _, listed, name = given_by.partition("deployments.")
    return f"to rehearse that deployment with its overrides: -d {name} " if listed else "leave it out, or write "


def check_sandbox(url: str, environ: Mapping[str, str], given_by: str) -> None:
    """Raises SettingsError where this runs inside a sandbox and `url` is another server."""
    sandbox = environ.get(SANDBOX)
    if sandbox and normal(url) != normal(sandbox):
        raise SettingsError(
            f"inside the sandbox only its own server is used, and {given_by} names another one",
            hint=f"{_rehearse(given_by)}--url {sandbox}",
        )


def _address(url: str, given_by: str) -> str:
    url = url.strip()
    wrong = problem(url)
    if wrong is not None:
        raise UsageError(f"{given_by} {wrong}")
    return url
