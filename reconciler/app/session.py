"""A connection to the chosen server: the settings' target, resolved, as a reader, a runner for tries, and, for apply
alone, a writer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.errors import ServerError
from reconciler.model.plan import Deployment
from reconciler.repo.settings import ResolvedDeployment, Settings, choose, resolve
from reconciler.server.reader import Reader
from reconciler.server.transport import Address, Transport

if TYPE_CHECKING:
    from reconciler.server.runner import Runner
    from reconciler.server.writer import Writer


class Session(Struct, frozen=True, kw_only=True):
    """`writer` is None for everything that only reads, and `runner` for what runs nothing: there is nothing to call by
    mistake."""

    deployment: Deployment
    target: ResolvedDeployment
    reader: Reader
    writer: Writer | None = None
    runner: Runner | None = None


def target(
    settings: Settings, environ: Mapping[str, str], *, deployment: str | None, url: str | None, send_key: bool
) -> ResolvedDeployment:
    """Which server, with its variables expanded. Raises UsageError and SettingsError; nothing is sent."""
    return resolve(choose(settings, environ, deployment=deployment, url=url), settings, environ, send_key=send_key)


@contextmanager
def connect(
    found: ResolvedDeployment, root: Path, environ: Mapping[str, str], *, write: bool, runs: bool = False
) -> Iterator[Session]:
    """Open a session and close it at the end. The first request goes out here.

    Raises ServerError in all its kinds, and where the server is not the one that `expect` says.
    """
    address = _address(found, root, environ)
    transport = Transport(address, allow="writes" if write else "runs" if runs else "reads")
    try:
        reader = Reader(transport)
        _expected(found, reader)
        yield Session(
            deployment=Deployment(name=found.name, url=found.url),
            target=found,
            reader=reader,
            writer=_writer(transport, reader) if write else None,
            runner=_runner(transport, reader) if runs else None,
        )
    finally:
        transport.close()


def _writer(transport: Transport, reader: Reader) -> Writer:
    from reconciler.server.writer import Writer  # what only reads loads neither

    return Writer(transport, reader)


def _runner(transport: Transport, reader: Reader) -> Runner:
    from reconciler.server.runner import Runner

    return Runner(transport, reader)


def _address(found: ResolvedDeployment, root: Path, environ: Mapping[str, str]) -> Address:
    headers = dict(found.headers)
    why = found.no_key or ""
    if why and found.send_credentials and found.api_key_names:
        why = f"{why}:\n  export {found.api_key_names[0]}=…"
    if found.api_key is not None:
        headers = {n: v for n, v in headers.items() if n.lower() != "x-api-key"} | {"x-api-key": found.api_key}
    ca_file = str(root / found.ca_file) if found.ca_file else None
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        if ca_file is None and environ.get(name) and os.path.isfile(environ[name]):
            ca_file = environ[name]
    return Address(
        url=found.url,
        headers=headers,
        timeout=found.timeout,
        ca_file=ca_file,
        allow_http=found.allow_http,
        keyed=found.api_key is not None or bool(found.headers),
        unkeyed_because=why,
    )


def _expected(found: ResolvedDeployment, reader: Reader) -> None:
    """Whether this is the server that the settings expect, before anything is read or written there."""
    host = reader.info.get("host")
    host = host if isinstance(host, dict) else {}
    for name, wanted in sorted(found.expect.items()):
        if host.get(name) is None:
            raise ServerError(
                f"{found.url} does not say its {name}, and the settings expect {wanted!r}",
                hint=f"is the address of deployment `{found.name}` right? Self-hosted servers have no {name}, and GET "
                "/info can be switched off: then take it out of `expect:`",
            )
        if host[name] != wanted:
            raise ServerError(
                f"{found.url} is not the server that the settings expect: its {name} is {host[name]!r}, not {wanted!r}",
                hint=f"is the address of deployment `{found.name}` right? If it moved, correct `expect:`",
            )
