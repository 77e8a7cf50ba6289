"""What git says that guards have to know: which commits came before, the settings at the base, reviewed overrides."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from reconciler.app.source import Repository
from reconciler.core.compare import Comparison
from reconciler.core.guards import Facts, Limits, Safety, Trailer
from reconciler.core.guards.overrides import TRAILER
from reconciler.core.guards.rule import marks_of
from reconciler.model.live import History
from reconciler.model.wanted import OnDrift
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.settings import SETTINGS, Settings, read_settings
from reconciler.repo.tree import CannotRead

MOST_COMMITS = 1000
"""How many commits since the last apply may carry a trailer."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_BETWEEN = "\x1f"


def guard_facts(
    repository: Repository,
    comparison: Comparison,
    histories: Mapping[str, History] = MappingProxyType({}),
    *,
    repo: str | None,
    deployment: str | None,
    base: str | None,
) -> Facts:
    """The facts of a run from this work tree. Never raises for what a commit holds; outside git few are known.

    `repo` is this repository as markers name it, `base` the commit that the settings are compared with.
    """
    git, now = repository.git, safety(repository.proposed or repository.settings, deployment)
    head = git.head() if git is not None else None
    if git is None or head is None:
        return Facts(repo=repo, deployment=deployment, now=now)
    marked = _marked(repository.settings.owner, comparison, histories, repo)
    known = _known(git, head, marked)
    before, why = _before(git, base, deployment)
    return Facts(
        repo=repo,
        deployment=deployment,
        head=head,
        newer=_newer(git, head, known),
        unknown=marked - known,
        before=before,
        now=now,
        not_compared=why,
        trailers=tuple(_trailers(git, head, known)),
    )


def safety(settings: Settings, deployment: str | None) -> Safety:
    """What of the settings keeps a run from doing harm."""
    listed = settings.deployment(deployment) if deployment is not None else None
    return Safety(
        limits=Limits(
            max_deletes=settings.guards.max_deletes,
            max_delete_percent=settings.guards.max_delete_percent,
            max_update_percent=settings.guards.max_update_percent,
        ),
        on_drift=settings.on_drift or OnDrift.OVERWRITE,
        prune=listed.prune if listed is not None else None,
        expect=dict(listed.expect) if listed is not None else None,
    )


def _marked(owner: str, comparison: Comparison, histories: Mapping[str, History], repo: str | None) -> frozenset[str]:
    """The commits that the markers of ours name, live or in the newest version of ours, which a rollback leaves behind;
    not those of another repository, of which git knows nothing."""
    pairs = (*comparison.same, *comparison.mislabelled, *comparison.differs)
    lives = [*(p.live for p in pairs), *comparison.orphans]
    marks = [mark for live in lives for mark in marks_of(owner, live, histories)]
    here = [mark for mark in marks if (None in (mark.repo, repo) or mark.repo == repo)]
    return frozenset(mark.commit.removesuffix("-dirty") for mark in here if mark.commit)


def _known(git: Git, head: str, commits: Collection[str]) -> frozenset[str]:
    """Those that this clone has, in one call. What does not look like a commit is not asked for, nor is `head`."""
    asked = sorted(commit for commit in commits if commit != head and _COMMIT.match(commit))
    here = frozenset({head}).intersection(commits)
    if not asked:
        return here
    done = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", given="\n".join(asked).encode())
    lines = (line.split() for line in os.fsdecode(done.stdout).splitlines())
    return here | {line[0] for line in lines if line[1:] == ["commit"]}


def _newer(git: Git, head: str, commits: Collection[str]) -> frozenset[str]:
    """Those that have `head` in their history, `head` itself not among them, in one call."""
    if frozenset({head}).issuperset(commits):
        return frozenset()
    given = "\n".join((f"^{head}", *sorted(commits))).encode()
    done = git.run("rev-list", "--ancestry-path", "--stdin", given=given)
    return frozenset(os.fsdecode(done.stdout).split()) & frozenset(commits)


def _trailers(git: Git, head: str, applied: Collection[str]) -> Iterable[Trailer]:
    """The trailers of all commits that no live marker has in its history, oldest last; where git knows none of those,
    of the commits since HEAD's first parent."""
    if head in applied:
        return
    done_with = sorted(applied) or [parent for parent in (git.parent(),) if parent is not None]
    form = f"%x1f%(trailers:key={TRAILER},valueonly,unfold,separator=%x1f)"
    given = "\n".join((head, *(f"^{commit}" for commit in done_with))).encode()
    limit = f"--max-count={MOST_COMMITS}" if done_with else "--max-count=1"
    done = git.run("rev-list", limit, f"--format=format:{form}", "--stdin", given=given)
    commit = ""
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        if line.startswith("commit ") and _COMMIT.match(line[7:]):
            commit = line[7:]
            continue
        yield from (Trailer(commit=commit, text=text.strip()) for text in line.split(_BETWEEN) if text.strip())


def _before(git: Git, base: str | None, deployment: str | None) -> tuple[Safety | None, str | None]:
    """The settings' safety at the base, or why it is not known. A first commit has nothing before it."""
    if base is None:
        if git.is_shallow:
            return None, "this clone does not have the commit before (git fetch --unshallow; on GitHub: fetch-depth: 0)"
        return None, None
    try:
        with CommitTree(git, base) as tree:
            settings, wrong = read_settings(tree.read(SETTINGS))
    except CannotRead as error:
        return None, f"{SETTINGS} at {base[:12]}: {error.message}"
    if settings is None:
        said = wrong[0].message if wrong else "it is no settings file"
        return None, f"{SETTINGS} at {base[:12]}: {said}"
    return safety(settings, deployment), None
