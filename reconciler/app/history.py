"""The versions of one assistant, found by key, path or id, and the commits that they name. Reads only."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from reconciler.app.session import Session
from reconciler.app.source import Repository
from reconciler.app.targets import select
from reconciler.core import lookup
from reconciler.core import versions as core
from reconciler.core.compare import is_ours
from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.live import Live
from reconciler.model.versions import Versions
from reconciler.model.wanted import Wanted
from reconciler.repo.git import Git
from reconciler.repo.manifests import Manifests

_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def read_history(
    repository: Repository,
    session: Session,
    name: str,
    *,
    limit: int,
    here: Path,
    progress: Callable[[str], None] = lambda line: None,
) -> Versions:
    """The newest `limit` versions of the assistant that `name` says: a key, also one without a manifest any more, the
    path of a manifest, or an assistant_id.

    Raises UsageError where that names none, or several; ReconcilerError where it is not on this server.
    """
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    wanted = Manifests(repository.tree, repository.settings).at(session.deployment.name).wanted
    key, live = _find(repository, wanted, lives, name, here)
    if live is None:
        raise ReconcilerError(
            f"assistant `{key}` is not on {session.deployment.url}, and a deletion takes the history along",
            hint="reconciler plan says what apply would do about it",
        )
    progress(f"reading the versions of {live.assistant_id}")
    history = session.reader.history(live.assistant_id, lookup.PAGE, lambda rows: len(rows) > limit)
    found = core.versions(session.deployment, repository.settings.owner, key, live, history, limit)
    marks = (told.row.marker for told in found.told if told.ours)
    named = {mark.commit.removesuffix("-dirty") for mark in marks if mark is not None and mark.commit is not None}
    return replace(found, subjects=_subjects(repository.git, named))


def _find(
    repository: Repository, wanted: Sequence[Wanted], lives: Sequence[Live], name: str, here: Path
) -> tuple[str | None, Live | None]:
    """Its key, where it has one, and what is live of it."""
    there = {live.assistant_id: live for live in lives}
    owner = repository.settings.owner
    named = _id(name)
    if named is not None and named in there:
        live = there[named]
        keys = [want.key for want in wanted if want.assistant_id == named]
        mark = live.mark.key if live.mark is not None and is_ours(owner, live) else None
        return (keys[0] if keys else mark), live
    try:
        keys = sorted(select(wanted, [name], (), (), root=repository.root, here=here)[1])
    except UsageError as unknown:
        ours = [live for live in lives if live.mark is not None and live.mark.key == name and is_ours(owner, live)]
        if len(ours) > 1:
            ids = ", ".join(live.assistant_id for live in ours)
            raise UsageError(
                f"{len(ours)} assistants carry the key `{name}`", hint=f"name one by its id: {ids}"
            ) from None
        if ours:
            return name, ours[0]
        if named is not None:
            raise UsageError(f"there is no assistant {named} on this server") from None
        raise UsageError(
            f"no assistant `{name}`, neither in assistants/ nor on this server", hint=unknown.hint
        ) from None
    if len(keys) > 1:
        raise UsageError(f"{name} names {len(keys)} assistants, and history is of one", hint=", ".join(keys[:10]))
    return keys[0], there.get(next(want.assistant_id for want in wanted if want.key == keys[0]))


def _id(name: str) -> str | None:
    """An assistant_id as the servers write it; None where this is none."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return None


def _subjects(git: Git | None, commits: Iterable[str]) -> dict[str, str]:
    """commit -> the first line of its message, of those that this clone has. What does not look like a commit, as
    anybody may write it into a marker, is not asked for."""
    known = sorted(commit for commit in commits if _COMMIT.fullmatch(commit) and git is not None and git.knows(commit))
    if git is None or not known:
        return {}
    done = git.run("rev-list", "--no-walk=unsorted", "--format=format:%s", "--stdin", given="\n".join(known).encode())
    found: dict[str, str] = {}
    lines = iter(os.fsdecode(done.stdout).split("\n"))
    for line in lines:
        commit = line.removeprefix("commit ")
        if line.startswith("commit ") and commit in known and commit not in found:
            found[commit] = next(lines, "")
    return found
