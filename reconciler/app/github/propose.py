"""A patch as a pull request: a branch of our own with one commit, and the pull request that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.app import strict
from reconciler.app.github.step import Step
from reconciler.errors import ReconcilerError, UsageError
from reconciler.github.client import Client
from reconciler.github.pulls import author_of, open_or_update
from reconciler.github.wire import is_loopback
from reconciler.render.issue import cut
from reconciler.render.shorten import LIMIT
from reconciler.repo import patched
from reconciler.repo.git import open_git
from reconciler.repo.patched import Identity, Remote

BOT = Identity(name="github-actions[bot]", email="41898282+github-actions[bot]@users.noreply.github.com")
LARGEST_BODY = 4 * 65_536
LONGEST_TITLE = 250


def run(
    client: Callable[[], Client],
    here: Step,
    directory: Path,
    *,
    branch: str,
    base: str,
    title: str,
    body: Path,
    patch: Path,
    say: Callable[[str], None],
    remote: str | None = None,
) -> int:
    """Commit the patch on the commit that is checked out, push it to `branch`, open or update its pull request.

    A branch that somebody else has committed to is left alone. `remote` is where to push, where that is not GitHub
    itself. Raises ReconcilerError, GitHubError.
    """
    git = open_git(directory)
    head = git.head() if git is not None else None
    if git is None or head is None:
        raise UsageError(f"{directory} is in no git repository with a commit")
    for name in (branch, base):
        if not patched.is_branch(git, name):
            raise UsageError(f"{name!r} is no name of a branch")
    if branch == base:
        raise UsageError("--branch and --base are the same: this writes to a branch of its own")
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise UsageError("--title is empty")
    text = cut(_text(body), LIMIT)
    content = strict.read_bytes(patch, patched.LARGEST_PATCH)
    made = patched.commit(git, head, content, f"{title}\n", BOT)
    target = Remote(url=remote or f"{here.server}/{here.endpoint.repository}.git", token=here.endpoint.token)
    if not target.url.startswith("https://") and remote is None:
        _require_loopback(target.url)
    with client() as api:
        there = patched.tip(git, target, branch)
        if there is not None and there != made and author_of(api, there) != BOT.email:
            raise ReconcilerError(
                f"somebody else has committed to {branch}, so it is left alone", hint="merge or delete it first"
            )
        if there != made:
            patched.push(git, target, made, branch, there)
            say(f"{branch}: pushed {made[:12]}")
        number, became = open_or_update(api, branch, base, title, text)
        say(f"{branch}: pull request {f'#{number} ' if number else ''}{became}")
    return 0


def _text(path: Path) -> str:
    content = strict.read_bytes(path, LARGEST_BODY)
    try:
        return content[:LARGEST_BODY].decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8") from None


def _require_loopback(url: str) -> None:
    if not is_loopback(urlsplit(url).hostname or ""):
        raise UsageError("GITHUB_SERVER_URL is plain http: the token would cross the network unencrypted")
