"""A server that is there already: named by the environment, or on the port that `langgraph dev` takes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from reconciler.app.init.settings import address
from reconciler.errors import ServerError, SettingsError
from reconciler.model.json import Json
from reconciler.server.transport import Address, Transport

USUAL = "http://127.0.0.1:2024"
"""Where `langgraph dev` listens unless it is told otherwise."""

VARIABLES = ("RECONCILER_URL", "LANGGRAPH_API_URL", "LANGGRAPH_DEPLOYMENT_URL")
_SECONDS = 2.0


class Candidate(Struct, frozen=True, kw_only=True):
    """A server to ask about. `given_by` says where its address comes from, `why` the same as a sentence."""

    url: str
    given_by: str
    why: str


def candidate(environ: Mapping[str, str], usual: str = USUAL) -> Candidate | None:
    """The server that the environment names, else the one on the usual port of this machine, if it is one.

    The one on the port is asked without a key, since nobody said yet that it is to be trusted with one. Raises
    UsageError where a variable holds no address.
    """
    for name in VARIABLES:
        if environ.get(name):
            url = address(environ[name], name)
            return Candidate(url=url, given_by=name, why=f"{name} names a server, {url}")
    if is_agent_server(usual):
        return Candidate(url=usual, given_by=usual, why=f"there is an Agent Server at {usual}")
    return None


def is_agent_server(url: str) -> bool:
    """Whether it answers as one. `/ok` and `/info` may be switched off (docs/server.md, S24)."""
    try:
        transport = Transport(Address(url=url, timeout=_SECONDS), allow="reads")
    except SettingsError:
        return False
    try:
        answer = transport.send("POST", "/assistants/search", {"limit": 1})
        body: Json = answer.json() if answer.ok else None
    except (ServerError, ValueError):
        return False
    finally:
        transport.close()
    return isinstance(body, list) and all(isinstance(row, dict) and "assistant_id" in row for row in body)
