"""Where a new repository stands: its folder, the git repository around it, and where that is kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from reconciler.errors import UsageError
from reconciler.repo import remote
from reconciler.repo.git import Git, open_git
from reconciler.repo.names import LONGEST_NAME
from reconciler.repo.settings import SETTINGS

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]*\Z")
_USUAL_BRANCHES = ("main", "master", "trunk")


class Place(Struct, frozen=True, kw_only=True):
    """`top` is the folder of the git repository, `prefix` the way from there to `folder`: `gitops/`, or "".

    `remote` is host and path of `origin`, `branch` the one whose commits are applied.
    """

    folder: Path
    top: Path
    prefix: str = ""
    git: Git | None = None
    remote: tuple[str, str] | None = None
    branch: str = "main"

    @property
    def is_plain(self) -> bool:
        """Whether the folder's name can stand in a workflow as it is."""
        return not self.prefix or _PLAIN.match(self.prefix) is not None


def look(folder: Path) -> Place:
    """The place that a folder is. Raises UsageError where it lies in another repository of assistants."""
    here = folder.absolute()
    above = next((one for one in here.parents if (one / SETTINGS).is_file()), None)
    if above is not None and not (here / SETTINGS).is_file():
        raise UsageError(
            f"{above} has a {SETTINGS}, and {here} lies in it: one repository of assistants cannot lie in another",
            hint=f"fill up that one: reconciler init -C {above}",
        )
    git = open_git(here)
    top = _text(git, "rev-parse", "--show-toplevel") if git is not None else ""
    if git is None or not top:
        return Place(folder=here, top=here)
    origin = git.origin()
    return Place(
        folder=here,
        top=Path(top),
        prefix=git.prefix,
        git=git,
        remote=remote.parse(origin) if origin else None,
        branch=_branch(git),
    )


def owner(place: Place) -> str | None:
    """The name to propose: where the repository is kept, else its folder's name; None where neither gives one."""
    if place.remote is not None:
        return _name(f"{place.remote[1]}/{place.prefix}")
    return _name(place.folder.name)


def _name(text: str) -> str | None:
    """A text made to fit the grammar of an owner."""
    words = re.sub(r"[^a-z0-9._]+", "-", text.lower())
    return words.strip("-._")[:LONGEST_NAME].rstrip("-._") or None


def _branch(git: Git) -> str:
    """The remote's own branch, where this clone knows it, else the usual name that is checked out, else `main`."""
    default = _text(git, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    if _PLAIN.match(default):
        return default
    current = _text(git, "symbolic-ref", "--short", "HEAD")
    return current if current in _USUAL_BRANCHES else "main"


def _text(git: Git, *arguments: str) -> str:
    done = git.run(*arguments)
    return os.fsdecode(done.stdout).removesuffix("\n") if done.returncode == 0 else ""
