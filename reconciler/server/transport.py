"""All that the server is asked goes out here, through httpx2, and answers come back as plain values.

`Transport` is HTTP/1.1 over one client a run. `allow` says what may reach the wire, whatever the code above it tries.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from msgspec import Struct

from reconciler.errors import ServerError, SettingsError, Unreachable
from reconciler.model.json import Json, JsonObject, loads
from reconciler.server.wall import Allow, assert_allowed

UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose signer is not known; the others say that it is expired, or another host's."""


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


class Answer(Struct, frozen=True):
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


class TooLarge(AnswerLost):
    """The answer is larger than was to be read."""


class _Wall(httpx2.BaseTransport):
    """Refuses what is not allowed before it reaches the wire."""

    def __init__(self, inner: httpx2.BaseTransport, allow: Allow, prefix: str) -> None:
        self._inner, self._allow, self._prefix = inner, allow, prefix

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert_allowed(self._allow, request.method, request.url.path, self._prefix)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Transport:
    """One client for one run. Not for use after `close`."""

    def __init__(self, address: Address, *, allow: Allow, wire: httpx2.BaseTransport | None = None) -> None:
        """`wire` replaces the network, for tests. Raises SettingsError for plain http beyond loopback."""
        self.address = address
        self._allow = allow
        self._base = address.url.rstrip("/")
        self._credentials = [v for v in address.headers.values() if v]
        host = urlsplit(self._base).hostname or ""
        loopback = _is_loopback(host)
        if self._base.startswith("http://") and not loopback and not address.allow_http:
            raise SettingsError(
                f"{self._base} is plain http: API keys and prompts would cross the network unencrypted",
                hint="use https, or say so under the deployment:\n  allow_http: true",
            )
        self._given, self._proxy = wire, None if loopback else _proxy(self._base, host)
        self._client = self._opened(keep_alive=True)
        self._fresh: httpx2.Client | None = None
        self._opening = threading.Lock()

    def send(self, method: str, path: str, body: JsonObject | None = None, *, seconds: float | None = None) -> Answer:
        """One request, never repeated. `seconds` is how long each part of it may take, else what the address says.

        Raises Unreachable where nothing was sent, AnswerLost where it may have been."""
        timeout = self._client.timeout if seconds is None else httpx2.Timeout(seconds)
        try:
            if body is None:
                response = self._client.request(method, self._base + path, timeout=timeout)
            else:
                response = self._client.request(method, self._base + path, json=body, timeout=timeout)
        except httpx2.HTTPError as error:
            raise self._failed(method, path, error) from None
        return Answer(response.status_code, response.headers, response.content)

    def stream(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        seconds: float,
        most: int,
        begun: Callable[[Mapping[str, str]], None],
    ) -> Answer:
        """One request whose answer is long in coming, never repeated: `begun` gets its headers as soon as they are
        there. `seconds` is how long nothing at all may come, `most` how many bytes are read.

        On a connection of its own: one that was kept may have been closed by the server just now (docs/server.md, S15),
        and then nobody could say whether the request arrived. Raises as `send`, and TooLarge.
        """
        with self._opening:
            client = self._fresh = self._fresh or self._opened(keep_alive=False)
        whole = client.timeout
        timeout = httpx2.Timeout(seconds, connect=whole.connect, write=whole.write, pool=whole.pool)
        content: dict[str, Any] = {} if body is None else {"json": body}
        found = bytearray()
        try:
            with client.stream(method, self._base + path, timeout=timeout, **content) as response:
                begun(response.headers)
                for part in response.iter_bytes():
                    found += part
                    if len(found) > most:
                        raise TooLarge(f"{method} {path}: the answer is larger than {most >> 20} MiB")
                return Answer(response.status_code, response.headers, bytes(found))
        except httpx2.HTTPError as error:
            raise self._failed(method, path, error) from None

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
        if self._fresh is not None:
            self._fresh.close()

    def _opened(self, *, keep_alive: bool) -> httpx2.Client:
        inner = self._given or _wire(self.address, self._proxy, keep_alive=keep_alive)
        prefix = urlsplit(self._base).path
        return httpx2.Client(
            transport=inner if self._allow == "writes" else _Wall(inner, self._allow, prefix),
            headers={"accept": "application/json", **self.address.headers},
            timeout=httpx2.Timeout(self.address.timeout, connect=min(self.address.timeout, 10.0)),
            follow_redirects=False,
            trust_env=False,
        )

    def _failed(self, method: str, path: str, error: httpx2.HTTPError) -> ServerError:
        unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
        if isinstance(error, unsent):
            return self._unreachable(error)
        words = "no answer in time" if isinstance(error, httpx2.TimeoutException) else "the connection broke"
        return AnswerLost(f"{method} {path}: {words}")

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
        if isinstance(error, httpx2.TimeoutException):
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


def _wire(address: Address, proxy: str | None, *, keep_alive: bool) -> httpx2.BaseTransport:
    kept = 100 if keep_alive else 0
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=kept, keepalive_expiry=5.0)
    trust = _trust(address)
    try:
        return httpx2.HTTPTransport(verify=trust, proxy=proxy, limits=limits, http2=False, trust_env=False)
    except (ValueError, ImportError, httpx2.InvalidURL):
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
