"""The settings as values: everything reconciler.yaml may say, validated, nothing expanded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from reconciler.model.wanted import OnDrift

DEFAULT_KEYS = ("RECONCILER_API_KEY", "LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Where an API key is looked for, in this order, unless a deployment says otherwise (docs/server.md, S26)."""


class DeploymentSettings(Struct, frozen=True, kw_only=True):
    """One Agent Server. `url` and `headers` are as written: `${RECONCILER_…}` is expanded where it is chosen.

    `api_key_names` are the variables looked at: one where `api_key_env` names it, none where it is null.
    """

    name: str
    url: str
    api_key_names: tuple[str, ...] = DEFAULT_KEYS
    key_required: bool = False
    prune: bool = False
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    expect: Mapping[str, str] = msgspec.field(default_factory=dict)
    ca_file: str | None = None
    timeout: float = 30
    allow_http: bool = False
    check: bool = False


class GuardLimits(Struct, frozen=True, kw_only=True):
    """How much one apply may do before a guard asks."""

    max_deletes: int = 5
    max_delete_percent: float = 20
    max_update_percent: float = 50


class Moved(Struct, frozen=True, kw_only=True):
    """Manifests under the folder `to` (or the one manifest of that key) keep the keys that they had under `from_`."""

    from_: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSecret:
    """One value that the lint for secrets lets pass: that of this assistant, at this path, with this hash. `line` and
    `column` say where the settings do so."""

    key: str
    path: str
    hash: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


class Settings(Struct, frozen=True, kw_only=True):
    """`open_graphs` are those whose context is not checked. `on_drift` is None where the settings do not say.

    `unlisted` are names of deployments that manifests may use although nothing here says where they are. `try_on` is
    the deployment where tries run without a question.
    """

    owner: str
    requires: str | None = None
    deployments: tuple[DeploymentSettings, ...] = ()
    open_graphs: frozenset[str] = frozenset()
    on_drift: OnDrift | None = None
    guards: GuardLimits = GuardLimits()
    settle: float = 5
    moved: tuple[Moved, ...] = ()
    secrets_allowed: tuple[AllowedSecret, ...] = ()
    unlisted: tuple[str, ...] = ()
    try_on: str | None = None

    def deployment(self, name: str) -> DeploymentSettings | None:
        return next((d for d in self.deployments if d.name == name), None)
