"""What this tool wrote on GitHub, found again by its first line and its author, over all pages.

Anybody can write such a line, and a bot writes for others too: only both together make it ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from reconciler.github.client import Client
from reconciler.github.errors import Lost, NotThere
from reconciler.model.json import JsonObject

TRIES = 5
"""Of making one comment or issue whose answer is lost each time."""

Became: TypeAlias = Literal["created", "updated", "unchanged"]
IsOurs: TypeAlias = Callable[[str], bool]
"""Whether a body begins with the line that is looked for."""


class Text(Struct, frozen=True, kw_only=True):
    """A comment or an issue. `number` is what its address ends in."""

    number: int
    author: str
    body: str
    is_open: bool = True


def comments(client: Client, number: int, author: str) -> list[Text]:
    """All of that author's comments on an issue or a pull request, oldest first."""
    return _of_author(client.pages(f"/issues/{number}/comments"), "id", author)


def put_comment(client: Client, number: int, author: str, is_ours: IsOurs, body: str) -> Became:
    """Make the one comment say this: it is updated where it is there, and made where it is not. Should there be
    several, which a race leaves behind, the first says it and the others go.

    Raises GitHubError; Lost where, after several tries, it is still not known whether it is there.
    """
    last: Lost | None = None
    for _ in range(TRIES):
        ours = [one for one in comments(client, number, author) if is_ours(one.body)]
        for late in ours[1:]:
            client.delete(f"/issues/comments/{late.number}")
        if ours and same(ours[0].body, body):
            return "created" if last is not None else "unchanged"
        try:
            if ours:
                client.patch(f"/issues/comments/{ours[0].number}", {"body": body})
                return "updated"
            client.post(f"/issues/{number}/comments", {"body": body})
            return "created"
        except NotThere:
            if not ours:
                raise
        except Lost as error:
            last = error
            client.pause(2.0)
    raise last or Lost("the comment vanishes each time it is to be updated")


def issues(client: Client, author: str) -> list[Text]:
    """All issues of that author, open or closed, oldest first. Pull requests, which GitHub lists too, are none."""
    rows = client.pages("/issues?state=all&sort=created&direction=asc")
    return _of_author((row for row in rows if "pull_request" not in row), "number", author)


def make_issue(client: Client, author: str, is_ours: IsOurs, title: str, body: str) -> Text | None:
    """Make an issue; None. Where the answer is lost and it is there all the same: that one."""
    last: Lost | None = None
    for _ in range(TRIES):
        if last is not None:
            ours = [one for one in issues(client, author) if is_ours(one.body)]
            if ours:
                return ours[0]
        try:
            client.post("/issues", {"title": title, "body": body})
            return None
        except Lost as error:
            last = error
            client.pause(2.0)
    raise last or AssertionError


def set_issue(client: Client, number: int, body: str, *, is_open: bool) -> None:
    """Set an issue's body and whether it is open."""
    state: JsonObject = {"body": body, "state": "open" if is_open else "closed"}
    client.patch(f"/issues/{number}", state | ({} if is_open else {"state_reason": "completed"}))


def same(there: str, body: str) -> bool:
    """Whether two bodies say the same: line ends and blanks at the end are GitHub's to change."""
    return there.replace("\r\n", "\n").rstrip() == body.rstrip()


def _of_author(rows: Iterator[JsonObject], identifier: str, author: str) -> list[Text]:
    found: dict[int, Text] = {}
    for row in rows:
        number, user, body = row.get(identifier), row.get("user"), row.get("body")
        login = user.get("login") if isinstance(user, dict) else None
        if isinstance(number, int) and isinstance(login, str) and login.casefold() == author.casefold():
            is_open = row.get("state") != "closed"
            found[number] = Text(
                number=number, author=login, body=body if isinstance(body, str) else "", is_open=is_open
            )
    return [found[number] for number in sorted(found)]
