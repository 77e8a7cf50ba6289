"""Addresses of servers: what may stand in `url`, and when two are the same place."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

VARIABLE = re.compile(r"\$\{([^}]*)\}")
PREFIX = "RECONCILER_"
"""Only variables with this prefix expand in settings, so that a pull request cannot read others."""

_PORTS = {"http": 80, "https": 443}


def problem(url: str) -> str | None:
    """What is wrong with an address, or None. Never repeats the address: it may hold credentials."""
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return "must be an address with a host, as https://agents.example.com"
    if any(c.isspace() or not c.isprintable() for c in url):
        return "has a blank or an invisible character in it"
    if "@" in parts.netloc:
        return "holds credentials; give them with `api_key_env` or `headers`"
    if "?" in url or "#" in url:
        return "has a query or a fragment; an address ends with its path"
    return None


def normal(url: str) -> str:
    """One spelling for one address: scheme and host in lower case, no standard port, no slash at the end."""
    parts = urlsplit(url)
    return origin(url) + parts.path.rstrip("/")


def origin(url: str) -> str:
    """`https://host:port`, without a standard port; "" where it is no address. Credentials go to one origin only."""
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def variable_problem(text: str) -> tuple[str, str] | None:
    """What is wrong with a `${…}` in a text, and the line to write instead; None where all are well named."""
    for name in VARIABLE.findall(text):
        if not re.fullmatch(PREFIX + "[A-Za-z0-9_]+", name):
            better = PREFIX + (re.sub(r"[^A-Za-z0-9_]", "_", name).upper() or "NAME")
            return f"only variables that start with {PREFIX} expand, and `${{{name}}}` does not", f"${{{better}}}"
    return None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts
