"""What a deployment holds, one row an assistant."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from reconciler.model.change import State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Deployment

Elsewhere: TypeAlias = Literal["no-manifest", "unmanaged", "default", "copy", "foreign"]
"""What an assistant is that no manifest names: ours without a manifest, nobody's, a graph's default assistant, a copy
of a managed one, another owner's."""


class Listed(Struct, frozen=True, kw_only=True):
    """One assistant. `state` is that of a plan, where a manifest names it. `version` is None where it is not on the
    server; `key` and `owner` are None where no marker of its own says them. `copy_of` is the key that a copy carries.
    """

    assistant_id: str
    name: str
    graph_id: str
    state: State | Elsewhere
    key: str | None = None
    version: int | None = None
    owner: str | None = None
    copy_of: str | None = None


class Listing(Struct, frozen=True, kw_only=True):
    """By key, then those without one by name. `refused` are errors about single assistants."""

    deployment: Deployment
    owner: str
    rows: tuple[Listed, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
