"""A chosen server with its variables: address, headers, API key. Nothing else of the environment is read.

Key and headers are credentials: they go to the deployment's own origin only, and no repr shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.errors import SettingsError
from reconciler.repo.settings.address import VARIABLE, normal, origin, problem, variable_problem
from reconciler.repo.settings.choose import Target, check_sandbox
from reconciler.repo.settings.types import DEFAULT_KEYS, DeploymentSettings, Settings
from reconciler.repo.words import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDeployment:
    """What a client needs. `name` is None for a bare address.

    `no_key` says why no API key is sent, for the message of a 401; None where one is. Where `send_credentials` is
    False, key and headers are empty and `no_key` says so.
    """

    name: str | None
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    api_key: str | None = field(default=None, repr=False)
    api_key_names: tuple[str, ...] = ()
    send_credentials: bool = True
    no_key: str | None = None
    ca_file: str | None = None
    timeout: float = 30
    allow_http: bool = False
    prune: bool = False
    expect: Mapping[str, str] = field(default_factory=dict)
    check: bool = False


def resolve(
    target: Target, settings: Settings, environ: Mapping[str, str], *, send_key: bool = False
) -> ResolvedDeployment:
    """The server with everything expanded. With `send_key` credentials go to an address that is not the deployment's.

    Raises:
        SettingsError: a variable is missing (its name and the deployment are said), an expanded value is no address or
            no header, or the address is not the sandbox's, inside one.
    """
    said = target.deployment
    url = normal(target.url) if target.url is not None else _own_url(said, environ)
    check_sandbox(url, environ, target.given_by)
    lends = said or _same_origin(settings, url)
    listed = lends if lends is not None else DeploymentSettings(name="", url=url)
    sends, why = _may_send(target, settings, environ, url, lends, send_key)
    headers = {n: _header(v, n, listed, environ) for n, v in listed.headers.items()} if sends else {}
    key, no_key = _api_key(listed, environ) if sends else (None, why)
    return ResolvedDeployment(
        name=said.name if said is not None else None,
        url=url,
        headers=headers,
        api_key=key,
        api_key_names=listed.api_key_names,
        send_credentials=sends,
        no_key=no_key,
        ca_file=listed.ca_file,
        timeout=listed.timeout,
        allow_http=listed.allow_http,
        prune=said.prune if said is not None else False,
        expect=said.expect if said is not None else {},
        check=said.check if said is not None else False,
    )


def _own_url(deployment: DeploymentSettings | None, environ: Mapping[str, str]) -> str:
    assert deployment is not None, "a target has an address or a deployment"
    url = _expand(deployment.url, deployment, environ).strip()
    wrong = problem(url)
    if wrong is not None:
        raise SettingsError(f"the url of deployment `{deployment.name}`, expanded, {wrong}")
    return normal(url)


def _same_origin(settings: Settings, url: str) -> DeploymentSettings | None:
    """The first listed deployment at a bare address's origin: its key is meant for it, and no other's."""
    written = (d for d in settings.deployments if not VARIABLE.search(d.url))
    return next((d for d in written if origin(d.url) == origin(url)), None)


def _may_send(
    target: Target,
    settings: Settings,
    environ: Mapping[str, str],
    url: str,
    lends: DeploymentSettings | None,
    send_key: bool,
) -> tuple[bool, str | None]:
    if send_key or target.url is None or not settings.deployments:
        return True, None
    if lends is not None:
        try:
            if origin(_own_url(lends, environ)) == origin(url):
                return True, None
        except SettingsError:
            pass  # its own address is not known here, so this one is not it
        whose = f"of deployment `{lends.name}`"
    else:
        whose = "of any deployment"
    return False, f"the address from {target.given_by} is not that {whose}; --send-key sends credentials to it"


def _api_key(deployment: DeploymentSettings, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    for name in deployment.api_key_names:
        key = environ.get(name, "").strip().strip("\"'").strip()
        if key and not (key.isascii() and key.isprintable()):
            raise SettingsError(f"{name} holds a character that no API key has; copy the key again")
        if key:
            return key, None
    if not deployment.api_key_names:
        return None, f"deployment `{deployment.name}` says api_key_env: null"
    if deployment.key_required:
        raise _missing(deployment.api_key_names[0], deployment)
    return None, f"none of {listing(DEFAULT_KEYS)} is set"


def _header(text: str, name: str, deployment: DeploymentSettings, environ: Mapping[str, str]) -> str:
    value = _expand(text, deployment, environ).strip()
    if not (value.isascii() and value.isprintable()):
        raise SettingsError(f"the header {name} of deployment `{deployment.name}` holds a character that none may have")
    return value


def _expand(text: str, deployment: DeploymentSettings, environ: Mapping[str, str]) -> str:
    wrong = variable_problem(text)
    if wrong is not None:
        raise SettingsError(wrong[0], hint=f"write {wrong[1]}")
    for name in VARIABLE.findall(text):
        if not environ.get(name):
            raise _missing(name, deployment)
    return VARIABLE.sub(lambda match: environ[match[1]], text)


def _missing(name: str, deployment: DeploymentSettings) -> SettingsError:
    return SettingsError(
        f"the variable {name} is not set, and deployment `{deployment.name}` needs it", hint=f"export {name}=…"
    )
