"""After an apply: what became of it, on every pull request that brought it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reconciler.app.github import document, fates, plans
from reconciler.app.github.document import Document
from reconciler.app.github.merged import Merged
from reconciler.app.github.step import Step
from reconciler.errors import UsageError
from reconciler.github.client import Client
from reconciler.github.errors import Forbidden
from reconciler.render.answer import Fate, answer


def run(
    client: Callable[[], Client],
    here: Step,
    folder: Path,
    name: str,
    report: Path | None,
    *,
    author: str,
    say: Callable[[str], None],
) -> int:
    """Answer on the merged pull requests of this deployment's commits. Without a report the apply did not finish.
    Always 0: how the apply ended is the apply's to say. Raises GitHubError where GitHub cannot be read or written."""
    one = plans.read(folder, name, here)
    done = _report(report, name, say)
    if not one.commits:
        say(f"{name}: no commits are known, so no pull request is answered")
        return 0
    with client() as api:
        merged = Merged(api=api, here=here, author=author)
        try:
            pulls = merged.pulls(one.commits)
        except Forbidden as error:
            say(f"{name}: the token may not read pull requests, so none is answered: {error.message}")
            return 0
        for number, keys in pulls.items():
            if merged.is_answered(number, one):
                continue
            found, why = _told(one.document, done, keys)
            found = fates.superseded(found, merged.later(number, one.commits))
            said = why if any(not fate.live for fate in found) else []
            owner = one.owner or (done.owner if done is not None else None)
            merged.put(number, one, answer(owner, name, found, why=said, run=here.run), say)
    return 0


def _told(plan: Document | None, done: Document | None, keys: list[str]) -> tuple[list[Fate], list[str]]:
    if done is None:
        blocked = fates.obstacles(plan) if plan is not None else []
        return fates.unfinished(plan, keys), blocked or ["The apply did not finish. Run the apply workflow again."]
    if not done.report:  # the apply was stopped before its first write, and printed the plan
        return fates.planned(done, keys, waits="was not written"), fates.obstacles(done)
    return fates.reported(plan, done, keys), []


def _report(path: Path | None, name: str, say: Callable[[str], None]) -> Document | None:
    if path is None or not path.is_file() or path.is_symlink() or path.stat().st_size == 0:
        return None
    try:
        found = document.read(path)
    except UsageError as error:
        say(f"the report does not count: {error.message}")
        return None
    if found.deployment != name:
        say("the report does not count: it is that of another deployment")
        return None
    return found
