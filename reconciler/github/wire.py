"""Where requests to GitHub go: the address is checked before a token goes there, and redirects are never followed."""

from __future__ import annotations

import ipaddress
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from reconciler.errors import SettingsError

LARGEST_ANSWER = 64 * 2**20
"""Bytes: a page of a hundred comments, each as long as can be, has 26 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The API's address, the repository (`owner/name`) and the token, which never shows in a repr or a message."""

    api: str
    repository: str
    token: str = field(repr=False)


class Answer(Struct, frozen=True):
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Origin: TypeAlias = tuple[str, str, int | None]
Send: TypeAlias = Callable[[str, str, bytes | None], Answer]


def origin(url: str) -> Origin:
    """Scheme, host and port. Raises ValueError for what is no address."""
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    return (parts.scheme, (parts.hostname or "").lower(), parts.port or ports.get(parts.scheme))


def checked(api: str) -> str:
    """The address without a slash at its end. Raises SettingsError where a token must not go there."""
    try:
        scheme, host, _ = origin(api)
        parts = urlsplit(api)
    except ValueError:
        scheme, host, parts = "", "", urlsplit("")
    if not host or scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise SettingsError("GITHUB_API_URL is no address of an API", hint="it is set by GitHub Actions")
    if scheme == "http" and not is_loopback(host):
        raise SettingsError("GITHUB_API_URL is plain http: the token would cross the network unencrypted")
    return api.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether this is this machine for certain."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address; loopback never goes through one."""
    host = urlsplit(url).hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    named = urllib.request.getproxies()
    found = named.get(urlsplit(url).scheme) or named.get("all")
    return f"http://{found}" if found and "://" not in found else found


def trust(url: str) -> ssl.SSLContext | bool:
    """The system's store, for https."""
    return ssl.create_default_context() if url.startswith("https://") else False
