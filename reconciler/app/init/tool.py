"""Where this tool was installed from, so that a workflow and a hook install the very same."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from reconciler import __version__
from reconciler.errors import UsageError
from reconciler.repo import remote
from reconciler.repo.git import Git, open_git

NAME = "assistants-reconciler"
UNKNOWN = f"{NAME} @ git+https://HOST/OWNER/REPOSITORY@COMMIT"
"""What stands where nobody can say it. pip refuses it: nothing else is ever installed in its place."""

ACTION = ".github/actions/reconcile"
ACTION_UNKNOWN = f"OWNER.FILL.IN/REPOSITORY/{ACTION}@COMMIT"
"""The same for a step of a workflow. No account of GitHub can be called so, so nobody's action runs in its place."""

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?/[A-Za-z0-9._~/-]+\Z")
_GIT = re.compile(
    r"git\+https://([A-Za-z0-9.-]+)/([A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?@([A-Za-z0-9][A-Za-z0-9._/-]*)\Z"
)
_SPEC = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._~:/@+#=<>!,;\[\]&%-]*\Z")


class Tool(Struct, frozen=True, kw_only=True):
    """`spec` is what pip installs. `address` and `commit` are those of the git repository, where it is one.

    `note` says what has to be looked at, where anything has.
    """

    spec: str
    address: str | None = None
    commit: str | None = None
    note: str | None = None

    @property
    def is_known(self) -> bool:
        return self.spec != UNKNOWN

    def action(self, host: str | None) -> str | None:
        """What a step of a workflow on that host uses (None: github.com): this tool's own action, at the commit that
        is installed or at what `--tool` says. None where the tool comes from somewhere else."""
        found = _GIT.search(self.spec) if self.is_known else None
        if found is None or found[1].lower() not in ("github.com", (host or "github.com").lower()):
            return None
        return f"{found[2]}/{ACTION}@{found[3]}"


def installed() -> Tool:
    """What the installed distribution says of itself (PEP 610)."""
    try:
        distribution = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        return Tool(spec=UNKNOWN)
    said = distribution.read_text("direct_url.json")
    return of(said, distribution.version) if said is not None else by_name(distribution.version)


def asked(spec: str) -> Tool:
    """What `--tool` says. Raises UsageError where it could be read as anything else in a workflow."""
    if not _SPEC.match(spec):
        raise UsageError(
            "--tool is what pip installs, without blanks at its ends, quotes or `$`", hint=f'--tool "{NAME}==1.2.3"'
        )
    return Tool(spec=spec)


def by_name(version: str = __version__) -> Tool:
    """From an index: only its user knows which one."""
    spec = f"{NAME}=={version}"
    return Tool(spec=spec, note=f"CI installs {spec} by name: from the index that it is told to use")


def of(direct_url: str, version: str = __version__) -> Tool:
    """The meaning of a `direct_url.json`: a git address with its commit, or a folder that is a clone of one."""
    try:
        said = json.loads(direct_url)
        address = str(said["url"])
    except (ValueError, KeyError, TypeError):
        return Tool(spec=UNKNOWN)
    git = said.get("vcs_info")
    if isinstance(git, dict) and git.get("vcs") == "git":
        return _from_git(address, str(git.get("commit_id")), str(said.get("subdirectory") or ""))
    if isinstance(said.get("dir_info"), dict) and address.startswith("file://"):
        return _from_clone(Path(unquote(urlsplit(address).path)))
    return Tool(spec=UNKNOWN)


def _from_clone(folder: Path) -> Tool:
    git = open_git(folder) if folder.is_dir() else None
    origin, commit = (git.origin(), git.head()) if git is not None else (None, None)
    if git is None or origin is None or commit is None:
        return Tool(spec=UNKNOWN)
    found = _from_git(origin, commit, git.prefix.rstrip("/"))
    if found.is_known and not _is_pushed(git, commit):
        note = f"CI installs this tool at {commit[:12]}, which `origin` does not have yet, as far as {folder} knows"
        return Tool(spec=found.spec, address=found.address, commit=commit, note=note)
    return found


def _from_git(origin: str, commit: str, folder: str) -> Tool:
    address = _https(origin)
    if address is None or not _COMMIT.match(commit) or (folder and not _SPEC.match(folder)):
        return Tool(spec=UNKNOWN)
    more = f"#subdirectory={folder}" if folder else ""
    spec = f"{NAME} @ git+{address}@{commit}{more}"
    return Tool(spec=spec, address=None if folder else address, commit=commit)


def _https(origin: str) -> str | None:
    """The address by which a runner reaches a remote: without credentials, and by https where it is known by ssh."""
    found = remote.parse(origin)
    if found is None:
        return None
    host, path = found
    try:
        parts = urlsplit(origin)
        port = f":{parts.port}" if parts.scheme == "https" and parts.port else ""
    except ValueError:
        return None
    address = f"https://{host}{port}/{path}"
    return address if _ADDRESS.match(address) and parts.scheme != "http" else None


def _is_pushed(git: Git, commit: str) -> bool:
    return bool(git.run("for-each-ref", "--contains", commit, "--count=1", "refs/remotes").stdout.strip())
