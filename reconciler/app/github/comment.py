"""A plan's comment for each deployment, on the pull request that the event is about; then the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from reconciler.app.github import plans, step
from reconciler.app.github.ours import about
from reconciler.app.github.plans import MARKER, Planned
from reconciler.app.github.step import Step
from reconciler.github.client import Client
from reconciler.github.errors import Forbidden
from reconciler.github.pulls import head_of
from reconciler.github.threads import IsOurs, comments, put_comment
from reconciler.render import posted
from reconciler.render.hidden import begins, first_line

BOT = "github-actions[bot]"


class Body(Struct, frozen=True, kw_only=True):
    """What one comment has to say, and by what it is found."""

    deployment: str
    is_ours: IsOurs
    text: str


def verdict(planned: Iterable[Planned], say: Callable[[str], None]) -> int:
    """Says of each deployment whether it can be applied; 1 where one cannot, else 0."""
    code = 0
    for one in planned:
        for failure in one.failures:
            say(f"{one.name}: {failure}")
        code = 1 if one.failures else code
        if not one.failures:
            say(f"{one.name}: nothing is in the way")
    return code


def run(
    client: Callable[[], Client],
    here: Step,
    folder: Path,
    expect: list[str],
    *,
    author: str = BOT,
    owner: str | None = None,
    say: Callable[[str], None],
) -> int:
    """Post what is to be posted, and give the verdict: 1 where a plan is blocked, refused or missing.

    `owner` names whose comments count where the repository has several owners. A token that may not write (of a fork)
    is no failure: the text goes to the summary. Raises GitHubError, UsageError.
    """
    planned = plans.all_of(folder, expect, here)
    if here.event == "merge_group":
        return verdict(planned, say)
    number, sha = step.pull_request(here)
    bodies: list[Body] = [_body(one, owner or _owner(planned), sha, here) for one in planned]
    try:
        with client() as api:
            _post(api, number, sha, bodies, expect, author, owner or _owner(planned), here, say)
    except Forbidden as error:
        say(f"the token may not write comments ({error.message}); they are in the summary of the run")
        why = "GitHub gives this run a token that may not write comments (a fork, or Dependabot), so this stands here."
        for text in (why, *(body.text for body in bodies)):
            if not here.summarize(text):
                say("no more fits into the summary of the run")
                break
    return verdict(planned, say)


def _post(
    api: Client,
    number: int,
    sha: str,
    bodies: list[Body],
    expect: list[str],
    author: str,
    owner: str | None,
    here: Step,
    say: Callable[[str], None],
) -> None:
    newest = head_of(api, number)
    if newest != sha:
        say(f"the pull request has a newer commit ({newest[:12]}): nothing is written about {sha[:12]}")
        return
    for gone in _no_longer(api, number, author, expect, owner, sha, here):
        became = put_comment(api, number, author, gone.is_ours, gone.text)
        say(f"{gone.deployment}: no changes any more, comment {became}")
    for body in bodies:
        became = put_comment(api, number, author, body.is_ours, body.text)
        say(f"{body.deployment}: comment {became}")


def _no_longer(
    api: Client, number: int, author: str, expect: list[str], owner: str | None, sha: str, here: Step
) -> list[Body]:
    """The comments of deployments that this pull request no longer is about: they stay, and say so."""
    found: dict[tuple[str, str], Body] = {}
    line = posted.footer(sha, here.run, None)
    for there in comments(api, number, author):
        marker = MARKER.match(there.body)
        if marker is None or marker.group(2) in expect or (owner is not None and marker.group(1) not in ("", owner)):
            continue
        whose, name = marker.groups()
        text = posted.with_footer(posted.no_changes(whose, name), line)
        found[(whose, name)] = Body(deployment=name, is_ours=_exactly(first_line("plan", whose, name)), text=text)
    return list(found.values())


def _owner(planned: list[Planned]) -> str | None:
    """The owner of all these plans: no plan names another one. None where none says it."""
    return next((one.owner for one in planned if one.owner is not None), None)


def _body(one: Planned, owner: str | None, sha: str, here: Step) -> Body:
    owner = one.owner or owner
    own, unowned = first_line("plan", owner, one.name), first_line("plan", None, one.name)
    footer = posted.footer(sha, here.run, one.page)
    text = one.comment
    if text is None or not (begins(text, own) or (one.document is None and begins(text, unowned))):
        text = posted.no_plan(owner, one.name, one.why or "its comment is missing")
    elif begins(text, unowned):
        text = own + text[len(unowned) :]
    if one.untried and one.document is not None:
        text = posted.with_alert(text, f"{plans.UNTRIED[:1].upper()}{plans.UNTRIED[1:]}. That makes the check red.")
    try:
        text = posted.with_footer(text, footer)
    except ValueError as error:
        text = posted.with_footer(posted.no_plan(owner, one.name, f"its comment cannot be posted, {error}"), footer)
    return Body(deployment=one.name, is_ours=about("plan", owner, one.name), text=text)


def _exactly(line: str) -> IsOurs:
    return lambda body: begins(body, line)
