"""Where the repository lives: its name for the marker, and the web address of a manifest for whoever opens Studio."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from reconciler.repo.git import Git

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^@/:\[\]]+):(?P<path>[^/\\].*)\Z")


def repository(git: Git | None, environ: Mapping[str, str]) -> str | None:
    """`github.com/acme/agents:gitops`: host and path, lower case, without credentials, and the settings' folder.

    From the CI's variables, else from `origin`. None outside git and where neither says a host.
    """
    address = _address(git, environ)
    if git is None or address is None:
        return None
    host, path = address
    folder = git.prefix.rstrip("/")
    return f"{host}/{path}".lower() + (f":{folder.lower()}" if folder else "")


def sources(git: Git, environ: Mapping[str, str], commit: str) -> Callable[[str], str | None]:
    """What gives the web address of a file of the settings' folder at a commit; None where the host's form is not
    known. git is asked once, here."""
    host, repo = _address(git, environ) or ("", "")
    if host == "github.com" or (host and "GITHUB_REPOSITORY" in environ):
        start = f"https://{host}/{repo}/blob/{commit}/"
    elif "gitlab" in host or (host and "CI_PROJECT_URL" in environ):
        start = f"https://{host}/{repo}/-/blob/{commit}/"
    else:
        return lambda path: None
    return lambda path: start + quote(git.prefix + path)


def _address(git: Git | None, environ: Mapping[str, str]) -> tuple[str, str] | None:
    if environ.get("GITHUB_SERVER_URL") and environ.get("GITHUB_REPOSITORY"):
        return parse(f"{environ['GITHUB_SERVER_URL']}/{environ['GITHUB_REPOSITORY']}")
    if environ.get("CI_PROJECT_URL"):
        return parse(environ["CI_PROJECT_URL"])
    origin = git.origin() if git is not None else None
    return parse(origin) if origin else None


def parse(address: str) -> tuple[str, str] | None:
    """Host and path of a remote's address, in any form git takes; None for a folder of this machine.

    Credentials and the port are left out: one repository is reached by https and by ssh.
    """
    if "://" in address:
        try:
            parts = urlsplit(address)
            host, path = parts.hostname, parts.path
        except ValueError:
            return None
        if parts.scheme == "file":
            return None
    else:
        found = _SCP.match(address)
        if found is None:
            return None
        host, path = found["host"], found["path"]
    path = path.strip("/").removesuffix(".git")
    return (host, path) if host and path else None
