"""Pull requests: their newest commit, those that a commit came with, and the one of a branch of ours."""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

from reconciler.github.client import Client
from reconciler.github.errors import GitHubError, Lost, NotThere, Refused
from reconciler.model.json import Json, JsonObject

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")


class Pull(Struct, frozen=True, kw_only=True):
    """A pull request by its number, with the branch that it is merged into."""

    number: int
    base: str


def head_of(client: Client, number: int) -> str:
    """The newest commit of a pull request."""
    head = client.get(f"/pulls/{number}").get("head")
    sha = head.get("sha") if isinstance(head, dict) else None
    if not isinstance(sha, str) or not SHA.match(sha):
        raise GitHubError(f"GitHub does not say the newest commit of pull request {number}")
    return sha


def merged_with(client: Client, sha: str) -> list[Pull]:
    """The merged pull requests that a commit came with; none where GitHub does not know the commit."""
    try:
        rows = list(client.pages(f"/commits/{sha}/pulls"))
    except (NotThere, Refused):
        return []
    found = (_merged(row, client.repository) for row in rows)
    return sorted((one for one in found if one is not None), key=lambda one: one.number)


def _merged(row: JsonObject, repository: str) -> Pull | None:
    number, base = row.get("number"), row.get("base")
    if (
        not isinstance(number, int)
        or isinstance(number, bool)
        or not row.get("merged_at")
        or not isinstance(base, dict)
    ):
        return None
    ref, repo = base.get("ref"), base.get("repo")
    name = repo.get("full_name") if isinstance(repo, dict) else None
    if isinstance(name, str) and name.casefold() != repository.casefold():
        return None
    return Pull(number=number, base=ref if isinstance(ref, str) else "")


def author_of(client: Client, sha: str) -> str | None:
    """The e-mail address of a commit's author; None where it is not said."""
    commit: Json = client.get(f"/commits/{sha}").get("commit")
    author = commit.get("author") if isinstance(commit, dict) else None
    email = author.get("email") if isinstance(author, dict) else None
    return email if isinstance(email, str) else None


def open_or_update(client: Client, branch: str, base: str, title: str, body: str) -> tuple[int | None, str]:
    """The number of the open pull request of a branch, and `created`, `updated` or `unchanged`."""
    for _ in range(3):
        found = _open_one(client, branch, base)
        if found is not None:
            number, there = found
            if there == (title, body.rstrip()):
                return number, "unchanged"
            client.patch(f"/pulls/{number}", {"title": title, "body": body})
            return number, "updated"
        try:
            made = client.post("/pulls", {"title": title, "body": body, "head": branch, "base": base})
        except Lost:
            client.pause(2.0)
            continue
        made_number = made.get("number")
        return (made_number if isinstance(made_number, int) else None), "created"
    raise GitHubError(f"GitHub did not say whether the pull request of {branch} was opened", hint="run the job again")


def _open_one(client: Client, branch: str, base: str) -> tuple[int, tuple[str, str]] | None:
    owner = client.repository.partition("/")[0]
    head = quote(f"{owner}:{branch}", safe="")
    for row in client.pages(f"/pulls?state=open&head={head}&base={quote(base, safe='')}"):
        at, number = row.get("head"), row.get("number")
        repo = at.get("repo") if isinstance(at, dict) else None
        name = repo.get("full_name") if isinstance(repo, dict) else None
        ours = isinstance(at, dict) and at.get("ref") == branch and name == client.repository
        if ours and isinstance(number, int):
            return number, (str(row.get("title")), str(row.get("body") or "").replace("\r\n", "\n").rstrip())
    return None
