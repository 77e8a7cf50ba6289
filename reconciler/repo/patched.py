"""A patch made a commit, and that pushed to a branch. The work tree is not touched, and nothing of the patch is ever
checked out, so no filter or hook runs.

The patch is another job's, made from what a server said: it may change what `pull --drift` changes, and nothing else.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from reconciler.errors import ReconcilerError, UsageError
from reconciler.repo.git import Git, command, environment

LARGEST_PATCH = 32 * 2**20
"""Bytes."""
TIMEOUT = 300.0
"""Seconds, of one call over the network."""

_REGULAR = "100644"
_ABSENT = "000000"
_RAW = re.compile(r":(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ [A-Z]\d*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where to push. The token never stands in the address nor on a command line."""

    url: str
    token: str = field(repr=False)


class Identity(Struct, frozen=True, kw_only=True):
    name: str
    email: str


def commit(git: Git, base: str, patch: bytes, message: str, who: Identity) -> str:
    """The id of a new commit on `base`: the same for the same patch, since its time is that of `base`.

    Raises ReconcilerError where the patch does not fit, changes nothing, or changes what it must not.
    """
    if len(patch) > LARGEST_PATCH:
        raise UsageError(f"the patch is larger than {LARGEST_PATCH // 2**20} MB")
    with tempfile.TemporaryDirectory() as folder:
        more = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        top = _top(git)
        _run(top, ["read-tree", base], more)
        _run(
            top,
            ["apply", "--cached", "--whitespace=nowarn", "-"],
            more,
            given=patch,
            hint="was it made from this commit?",
        )
        raw = _run(top, ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", base], more)
        _check(raw, git.prefix)
        tree = _run(top, ["write-tree"], more).decode().strip()
        at = _run(top, ["show", "-s", "--format=%cI", "--no-show-signature", base], {}).decode().strip()
        signed = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", who.name), ("EMAIL", who.email), ("DATE", at))
        }
        made = _run(
            top, ["commit-tree", "--no-gpg-sign", tree, "-p", base], signed, given=message.encode("utf-8", "replace")
        )
        return made.decode().strip()


def tip(git: Git, remote: Remote, branch: str) -> str | None:
    """The commit that a branch of the remote is at; None where there is no such branch."""
    out = _run(_top(git), ["ls-remote", "--refs", remote.url, f"refs/heads/{branch}"], _access(remote))
    lines = [line.split("\t") for line in out.decode("utf-8", "replace").splitlines()]
    return next((words[0] for words in lines if words[1:] == [f"refs/heads/{branch}"]), None)


def push(git: Git, remote: Remote, made: str, branch: str, expected: str | None) -> None:
    """Make the branch be at that commit, if it is still where it was. Raises ReconcilerError."""
    ref = f"refs/heads/{branch}"
    words = [
        "push",
        "--quiet",
        "--no-verify",
        f"--force-with-lease={ref}:{expected or ''}",
        remote.url,
        f"{made}:{ref}",
    ]
    _run(_top(git), words, _access(remote), hint="has the branch moved meanwhile? may the token write contents?")


def is_branch(git: Git, name: str) -> bool:
    """Whether a text may be a branch's name."""
    return not name.startswith("-") and git.run("check-ref-format", f"refs/heads/{name}").returncode == 0


def _check(raw: bytes, prefix: str) -> None:
    """Raises ReconcilerError for a change of anything but plain files in the settings' assistants/."""
    words = os.fsdecode(raw).split("\0")
    if len(words) < 2:
        raise ReconcilerError("the patch changes nothing")
    for said, path in zip(words[::2], words[1::2], strict=False):
        modes = _RAW.match(said)
        if modes is None:
            raise ReconcilerError(f"the patch changes {path} in a way that is not known")
        if not {modes.group(1), modes.group(2)} <= {_REGULAR, _ABSENT}:
            raise ReconcilerError(f"the patch makes or changes {path}, which is no plain file: it is refused")
        if not path.startswith(f"{prefix}assistants/"):
            raise ReconcilerError(
                f"the patch changes {path}: only what is under {prefix}assistants/ may be changed",
                hint="reconciler pull --drift changes nothing else",
            )


def _top(git: Git) -> Path:
    out = git.run("rev-parse", "--show-toplevel")
    return Path(os.fsdecode(out.stdout).removesuffix("\n")) if out.returncode == 0 else git.folder


def _access(remote: Remote) -> dict[str, str]:
    """Configuration by the environment. The empty header first takes away those that a checkout has left."""
    basic = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
    host = "/".join(remote.url.split("/")[:3]) + "/"
    pairs = [
        (f"http.{host}.extraheader", ""),
        (f"http.{host}.extraheader", f"AUTHORIZATION: basic {basic}"),
        ("credential.helper", ""),
        ("http.followRedirects", "false"),
    ]
    found = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (name, value) in enumerate(pairs):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _run(
    folder: Path, words: list[str], more: Mapping[str, str], *, given: bytes | None = None, hint: str | None = None
) -> bytes:
    environ = {name: value for name, value in environment().items() if not name.endswith("_TOKEN")}
    try:
        done = subprocess.run(
            command(*words), cwd=folder, env=environ | dict(more), input=given, capture_output=True, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReconcilerError(f"git {words[0]} did not run: {type(error).__name__}") from None
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise ReconcilerError(f"git {words[0]}: {said or f'ended with {done.returncode}'}", hint=hint)
    return done.stdout
