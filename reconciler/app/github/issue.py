"""One issue for the drift of each deployment: made, updated in place, opened again, closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from reconciler.app import strict
from reconciler.app.github import document
from reconciler.app.github.ours import about
from reconciler.app.github.step import Step
from reconciler.errors import UsageError
from reconciler.github.client import Client
from reconciler.github.threads import Text, issues, make_issue, same, set_issue
from reconciler.render import issue as rendered
from reconciler.render.schema import schema

LARGEST_BODY = 4 * 65_536
DUPLICATE = "An older issue says the same; this one is closed."


class Found(Struct, frozen=True, kw_only=True):
    """What a drift document says: whose, how many drifted, and of how many nothing can be told."""

    owner: str
    drifted: int
    refused: int


def read(path: Path, deployment: str) -> Found:
    """The drift in a file. Raises UsageError for whatever else it holds, and for another deployment's."""
    content = strict.read_bytes(path, document.LARGEST)
    try:
        form = schema("drift")
        value = strict.loads(content, document.LARGEST)
        document.require_version(value, form)
        found = strict.require(value, form)
        owner, where, drift, refused = found["owner"], found["deployment"], found["drift"], found["refused"]
        assert isinstance(where, dict)
        assert isinstance(drift, list)
        assert isinstance(refused, list)
        document.require_name("owner", str(owner))
        if where["name"] != deployment:
            raise ValueError("it is that of another deployment")
    except ValueError as error:
        raise UsageError(
            f"{path} is not the JSON of drift: {error}", hint="reconciler drift --format json=FILE writes one"
        ) from None
    return Found(owner=str(owner), drifted=len(drift), refused=len(refused))


def body(path: Path) -> str:
    """The Markdown of the drift. Raises UsageError."""
    content = strict.read_bytes(path, LARGEST_BODY)
    if len(content) > LARGEST_BODY:
        raise UsageError(f"{path} is too large for an issue", hint="reconciler drift --format markdown=FILE writes one")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8") from None


def run(
    client: Callable[[], Client],
    here: Step,
    deployment: str,
    drift: Path,
    markdown: Path,
    *,
    author: str,
    say: Callable[[str], None],
) -> int:
    """Make GitHub say what the drift is: one open issue where there is some, none where there is none.

    Where nothing drifted but an assistant is refused, what happened cannot be told, and the issue stays as it is.
    Raises GitHubError, UsageError.
    """
    found = read(drift, deployment)
    text = body(markdown) if found.drifted else ""
    if not found.drifted and found.refused:
        say(f"{deployment}: {found.refused} refused, so it cannot be told whether there is drift; nothing is written")
        return 0
    is_ours = about("drift", found.owner, deployment)
    with client() as api:
        ours = [one for one in issues(api, author) if is_ours(one.body)]
        first = ours[0] if ours else None
        if found.drifted:
            _open(api, first, author, found.owner, deployment, text, here.run, say)
        elif first is not None and first.is_open:
            gone = rendered.gone(found.owner, deployment, first.body, here.run)
            set_issue(api, first.number, gone, is_open=False)
            say(f"{deployment}: no drift any more, issue #{first.number} closed")
        else:
            say(f"{deployment}: no drift, no issue")
        for late in ours[1:]:
            if late.is_open:
                line = late.body.partition("\n")[0].rstrip("\r")
                set_issue(api, late.number, f"{line}\n\n{DUPLICATE}\n", is_open=False)
    return 0


def _open(
    api: Client,
    there: Text | None,
    author: str,
    owner: str,
    deployment: str,
    text: str,
    run: str | None,
    say: Callable[[str], None],
) -> None:
    said = rendered.found(owner, deployment, text, run)
    if there is None:
        there = make_issue(api, author, about("drift", owner, deployment), rendered.title(deployment), said)
        if there is None:
            say(f"{deployment}: drift, issue opened")
            return
    if there.is_open and same(there.body, said):
        say(f"{deployment}: drift, issue #{there.number} says so already")
        return
    set_issue(api, there.number, said, is_open=True)
    say(f"{deployment}: drift, issue #{there.number} {'updated' if there.is_open else 'opened again'}")
