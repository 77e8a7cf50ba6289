"""What the jobs that planned have handed on, a folder `plan-NAME` for each deployment, read back by a job that may
write to GitHub.

Anybody who could write to the artifact may have written it: files are bounded, checked, and never links.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.app import strict
from reconciler.app.github import document
from reconciler.app.github.document import Document
from reconciler.app.github.step import Step
from reconciler.errors import UsageError
from reconciler.github.pulls import SHA
from reconciler.model.json import Json
from reconciler.render import fingerprint

LARGEST_COMMENT = 4 * 65_536
LARGEST_LIST = 4 * 2**20
MOST_COMMITS = 50

UNTRIED = "the tries could not be made: the log of the job that plans says why"

MARKER = re.compile(r"<!-- reconciler:plan owner=([A-Za-z0-9._-]*) deployment=([A-Za-z0-9._-]+) -->[ \r]*(?:\n|\Z)")
"""The first line of a plan's comment: whose, and of which deployment."""


class Commit(Struct, frozen=True, kw_only=True):
    """A commit, and the assistants that it changed."""

    sha: str
    keys: tuple[str, ...]


class Planned(Struct, frozen=True, kw_only=True):
    """What is known of one deployment. Without a `document` no plan could be made, and `why` says why; `prints` are
    its fingerprints. `comment` is the body to post, `page` the address of the whole; None where there is none.
    `untried`: tries were to be made before it, and came to nothing that could be shown."""

    name: str
    document: Document | None = None
    why: str = ""
    prints: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None
    page: str | None = None
    commits: tuple[Commit, ...] = ()
    untried: bool = False

    @property
    def owner(self) -> str | None:
        """Whose the plan is; None where nothing says it."""
        if self.document is not None:
            return self.document.owner
        marker = MARKER.match(self.comment) if self.comment is not None else None
        return (marker.group(1) or None) if marker is not None else None

    @property
    def failures(self) -> list[str]:
        """Why a check is red: nothing, where merging would be carried out."""
        if self.document is None:
            return [self.why]
        found = [f"{guard.guard}: {guard.message}" for guard in self.document.guards if guard.verdict == "blocked"]
        held = [one.key for one in self.document.held if one.blocks]
        found += [f"on_drift blocks it: {some(held)} changed outside git"] if held else []
        refused = self.document.refused_keys
        found += [f"refused: {some(refused) if refused else 'an assistant'}"] if self.document.refused else []
        found += [UNTRIED] if self.untried else []
        return [*found, *(self.document.tries.failures if self.document.tries is not None else [])]


def read(folder: Path, name: str, step: Step) -> Planned:
    """What is in the folder of one deployment. Never raises for what is in it: that is no plan then."""
    if not _is(folder, stat.S_ISDIR):
        return Planned(name=name, why="the job that plans has handed on nothing")
    comment, links = _text(folder / "comment.md"), _json(folder / "links.json")
    page = step.link(links.get("page")) if isinstance(links, dict) else None
    commits, untried = _commits(_json(folder / "commits.json")), _is(folder / "untried", stat.S_ISREG)
    more = Planned(name=name, comment=comment, page=page, commits=commits, untried=untried)
    file = folder / "document.json"
    if not _is(file, stat.S_ISREG):
        return replace(more, why="no plan could be made")
    try:
        content = strict.read_bytes(file, document.LARGEST)
        value = strict.loads(content, document.LARGEST)
        found = document.parse(value)
    except (ValueError, UsageError) as error:
        return replace(more, why=f"the plan cannot be read: {error}")
    if found.deployment != name:
        return replace(more, why="the plan is that of another deployment")
    prints = fingerprint.prints(value) if isinstance(value, dict) else {}
    return replace(more, document=found, prints=prints)


def all_of(folder: Path, names: list[str], step: Step) -> list[Planned]:
    """Each of the deployments, in their order."""
    return [read(folder / f"plan-{name}", name, step) for name in names]


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether it is there itself, and no link to it."""
    try:
        return kind(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _text(file: Path) -> str | None:
    """A comment's body; None where there is none, or what is there is none."""
    if not _is(file, stat.S_ISREG):
        return None
    try:
        content = strict.read_bytes(file, LARGEST_COMMENT)
        return content.decode("utf-8") if len(content) <= LARGEST_COMMENT and b"\0" not in content else None
    except (UnicodeDecodeError, UsageError):
        return None


def _json(file: Path) -> Json:
    if not _is(file, stat.S_ISREG):
        return None
    try:
        return strict.loads(strict.read_bytes(file, LARGEST_LIST), LARGEST_LIST)
    except (ValueError, UsageError):
        return None


def _commits(value: Json) -> tuple[Commit, ...]:
    found = []
    for one in value[:MOST_COMMITS] if isinstance(value, list) else []:
        sha, keys = (one.get("sha"), one.get("keys")) if isinstance(one, dict) else (None, None)
        if isinstance(sha, str) and SHA.match(sha) and isinstance(keys, list):
            found.append(Commit(sha=sha, keys=tuple(key for key in keys if isinstance(key, str))))
    return tuple(found)


def some(keys: tuple[str, ...] | list[str]) -> str:
    """The first of them, and how many more there are."""
    named = ", ".join(keys[:10])
    return f"{named} and {len(keys) - 10} more" if len(keys) > 10 else named
