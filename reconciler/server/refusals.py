"""A status that is not a success -> the error that says so, and what to do."""

from __future__ import annotations

from reconciler.errors import NotAnAgentServer, ServerError, Unauthorized
from reconciler.server.transport import Answer, Transport

KEY_NAMES = "RECONCILER_API_KEY, LANGGRAPH_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY"


def detail(transport: Transport, answer: Answer) -> str:
    """What the server says, in its many forms (docs/server.md, S25), without credentials, on one line."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    found: object = answer.text()
    if isinstance(body, dict):
        found = body.get("detail") or body.get("message") or body.get("error") or found
    if isinstance(found, list):
        found = "; ".join(str(item.get("msg", item)) if isinstance(item, dict) else str(item) for item in found)
    return transport.mask(" ".join(str(found).split()))[:500]


def refusal(transport: Transport, what: str, answer: Answer) -> ServerError:
    """The error for an answer that is not a success. `what` is what was asked, in words: `listing assistants`."""
    url, said = transport.address.url, detail(transport, answer)
    if answer.status in (401, 403):
        return _unauthorized(transport, answer.status, said)
    if 300 <= answer.status < 400:
        where = _location(transport, answer)
        right = where.removesuffix("/assistants/search").rstrip("/") if "://" in where else "https://…"
        return ServerError(
            f"{url} redirects {what} to {where or 'another address'}; redirects are not followed, since a key would go "
            "along",
            hint=f"if your server is there, put its address into the settings:\n  url: {right}",
        )
    hint = "that is the server's own failure: its log says why, and trying again later may help"
    message = f"{url}: {what} failed with {answer.status}{': ' + said if said else ''}"
    return ServerError(message, hint=hint if answer.status >= 500 or answer.status == 429 else None)


def _location(transport: Transport, answer: Answer) -> str:
    """Where a redirect leads, without a query: that may hold what was sent."""
    return transport.mask(answer.headers.get("location", "").partition("?")[0])[:200]


def _unauthorized(transport: Transport, status: int, said: str) -> Unauthorized:
    address = transport.address
    word = "refused this API key" if address.keyed else "wants an API key, and none was sent"
    if address.keyed:
        hint = "is the key right for this deployment, and not expired? Workspaces may want an X-Tenant-Id header"
    elif address.unkeyed_because:
        hint = address.unkeyed_because
    else:
        hint = f"set one of {KEY_NAMES}, or name a variable under the deployment:\n  api_key_env: …_API_KEY"
    if status == 403 and address.keyed:
        word = "forbids this to the API key"
    return Unauthorized(f"{address.url} {word} ({status}{': ' + said if said else ''})", hint=hint)


def not_an_agent_server(transport: Transport, answer: Answer) -> ServerError:
    """Something answered a search of assistants, but not as an Agent Server does. Asks /ok to tell which it is.

    A server with a mount prefix answers /ok at its root and everything else below the prefix (docs/server.md, S24).
    429 tells nothing of what stands there: it is said as it is.
    """
    if answer.status == 429:
        return refusal(transport, "listing the assistants", answer)
    url = transport.address.url
    try:
        alive = transport.send("GET", "/ok")
        body = alive.json() if alive.ok else None
        if isinstance(body, dict) and body.get("ok") is True:
            return NotAnAgentServer(
                f"{url} is an Agent Server, but its API is not there: it stands under a path (mount_prefix)",
                hint=f"add the path to the address:\n  url: {url}/PATH",
            )
    except (ServerError, ValueError):
        pass
    return NotAnAgentServer(
        f"{url} answers, but it is no Agent Server (POST /assistants/search: {answer.status})",
        hint="is the address right? It is the deployment's own, not Studio's or LangSmith's",
    )
