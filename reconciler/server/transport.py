"""The only module that knows httpx: requests go out here, and answers come back as plain values.

`Transport` is HTTP/1.1 over one client a run. `read_only` puts a wall in front of the wire that refuses every request
but reads, whatever the code above it tries.
"""

from __future__ import annotations

import ipaddress
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from stamina.instrumentation import set_on_retry_hooks

from reconciler.errors import ServerError, SettingsError, Unreachable
from reconciler.model.json import Json, JsonObject, loads

READS = ("/search", "/count", "/versions")
UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose signer is not known; the others say that it is expired, or another host's."""


set_on_retry_hooks([])
"""Or each retry is logged, on stdout even where structlog is installed, with the answer and what a server repeats in it
of the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send requests and how. `headers` are credentials: they never show in a repr or a message.

    `timeout` is in seconds. `keyed` says whether any credential goes along; `unkeyed_because` why not, in words.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 30.0
    ca_file: str | None = None
    allow_http: bool = False
    keyed: bool = False
    unkeyed_because: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. `body` is raw."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Json:
        """The parsed body. Raises ValueError where it is not JSON, or nested too deep to be read."""
        try:
            return loads(self.body)
        except RecursionError:
            raise ValueError("nested too deep") from None

    def text(self) -> str:
        """The body as text: error bodies come in many forms (docs/server.md, S25). Cut it after masking, not before:
        half a key is nothing that a mask would find."""
        return self.body.decode("utf-8", "replace").strip()


class AnswerLost(ServerError):
    """The request went out, and whether it was carried out is not known."""


class NothingThere(Unreachable):
    """Nothing listens there, or it hung up before a request could go out: a restart, perhaps."""


class WriteRefused(RuntimeError):
    """A read-only connection was asked to write: a mistake in this tool, never the user's."""


class _ReadOnly(httpx.BaseTransport):
    """Refuses everything but GET and POST to …/search, …/count and …/versions, before it reaches the wire."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "GET" or (request.method == "POST" and path.endswith(READS)):
            return self._inner.handle_request(request)
        raise WriteRefused(f"{request.method} {path} on a read-only connection")

    def close(self) -> None:
        self._inner.close()


class Transport:
    """One client for one run. Not for use after `close`."""

    def __init__(self, address: Address, *, read_only: bool, wire: httpx.BaseTransport | None = None) -> None:
        """`wire` replaces the network, for tests. Raises SettingsError for plain http beyond loopback."""
        self.address = address
        self._base = address.url.rstrip("/")
        self._credentials = [v for v in address.headers.values() if v]
        host = urlsplit(self._base).hostname or ""
        loopback = _is_loopback(host)
        if self._base.startswith("http://") and not loopback and not address.allow_http:
            raise SettingsError(
                f"{self._base} is plain http: API keys and prompts would cross the network unencrypted",
                hint="use https, or say so under the deployment:\n  allow_http: true",
            )
        inner = wire or _wire(address, None if loopback else _proxy(self._base, host))
        self._client = httpx.Client(
            transport=_ReadOnly(inner) if read_only else inner,
            headers={"accept": "application/json", **address.headers},
            timeout=httpx.Timeout(address.timeout, connect=min(address.timeout, 10.0)),
            follow_redirects=False,
            trust_env=False,
        )

    def send(self, method: str, path: str, body: JsonObject | None = None) -> Answer:
        """One request, never repeated. Raises Unreachable where nothing was sent, AnswerLost where it may have been."""
        try:
            if body is None:
                response = self._client.request(method, self._base + path)
            else:
                response = self._client.request(method, self._base + path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise self._unreachable(error) from None
        except httpx.HTTPError as error:
            words = "no answer in time" if isinstance(error, httpx.TimeoutException) else "the connection broke"
            raise AnswerLost(f"{method} {path}: {words}") from None
        return Answer(response.status_code, response.headers, response.content)

    def mask(self, text: str) -> str:
        """`text` without any credential of this run, should a server repeat one."""
        parts = {part for secret in self._credentials for part in (secret, secret.rpartition(" ")[2])}
        parts |= {quote(part, safe="") for part in parts}
        for part in sorted(parts, key=len, reverse=True):
            if len(part) >= 4:
                text = text.replace(part, "***")
        return text

    def close(self) -> None:
        self._client.close()

    def _untrusted(self, code: int) -> str:
        if code not in UNKNOWN_AUTHORITY:
            return "that is for whoever runs the server to put right; or is the address another one?"
        file = self.address.ca_file
        known = f"no authority in {file} signed it. " if file is not None else ""
        private = "Where a private authority did" if known else "where a private authority signed it"
        return f"{known}{private}, name its certificate under the deployment:\n  ca_file: path/to/ca.pem"

    def _unreachable(self, error: Exception) -> Unreachable:
        reason: BaseException | None = error
        while reason is not None:
            if isinstance(reason, ssl.SSLCertVerificationError):
                message = f"{self._base}: its certificate is not trusted ({reason.verify_message})"
                return Unreachable(message, hint=self._untrusted(reason.verify_code))
            if isinstance(reason, ssl.SSLError):
                return Unreachable(f"{self._base}: no TLS there ({reason.reason or reason})", hint="is it http?")
            reason = reason.__cause__ or reason.__context__
        if isinstance(error, httpx.TimeoutException):
            return Unreachable(f"{self._base}: no connection in time", hint="is the address right, and reachable?")
        return NothingThere(
            f"nothing answers at {self._base} ({self.mask(str(error)) or type(error).__name__})",
            hint="is the address right, and the server running?",
        )


def _is_loopback(host: str) -> bool:
    """Whether this is this machine for certain: the name, or an address. 127.0.0.1.example.com is a name of others."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wire(address: Address, proxy: str | None) -> httpx.BaseTransport:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=5.0)
    trust = _trust(address)
    try:
        return httpx.HTTPTransport(verify=trust, proxy=proxy, limits=limits, http2=False, trust_env=False)
    except (ValueError, ImportError):
        raise SettingsError(
            "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used: it is no http:// or https:// address",
            hint="where the server is reached without it: export NO_PROXY=" + (urlsplit(address.url).hostname or "*"),
        ) from None


def _trust(address: Address) -> ssl.SSLContext | bool:
    """Whom to trust: the deployment's ca_file, else the system's store. A file is read here, so that one that is
    missing is named."""
    if not address.url.startswith("https://"):
        return False
    if address.ca_file is None:
        return ssl.create_default_context()
    if not Path(address.ca_file).is_file():
        raise SettingsError(
            f"ca_file: there is no file {address.ca_file}", hint="it is looked for from the folder of reconciler.yaml"
        )
    try:
        return ssl.create_default_context(cafile=address.ca_file)
    except ssl.SSLError as error:
        raise SettingsError(f"ca_file: {address.ca_file} holds no certificate ({error.reason or error})") from None


def _proxy(url: str, host: str) -> str | None:
    """The proxy that the environment names for this host; loopback never goes through one (docs/server.md, S26)."""
    if urllib.request.proxy_bypass(host):
        return None
    found: dict[str, Any] = urllib.request.getproxies()
    proxy = found.get(urlsplit(url).scheme) or found.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
