"""The merged pull requests that a deployment's commits came with, and what this tool wrote on each."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from reconciler.app.github.ours import about
from reconciler.app.github.plans import Commit, Planned
from reconciler.app.github.step import Step
from reconciler.github.client import Client
from reconciler.github.errors import Forbidden
from reconciler.github.pulls import Pull, merged_with
from reconciler.github.threads import IsOurs, Text, comments, put_comment, same
from reconciler.model.json import JsonObject
from reconciler.render import fingerprint
from reconciler.render.answer import is_live


class Merged(Struct, kw_only=True):
    """Asks GitHub each thing once. `number` and `keys` are of one pull request and one deployment."""

    api: Client
    here: Step
    author: str
    _pulls: dict[str, list[Pull]] = field(default_factory=dict)
    _comments: dict[int, list[Text]] = field(default_factory=dict)

    def pulls(self, commits: tuple[Commit, ...]) -> dict[int, list[str]]:
        """The keys that each pull request changed, newest commit first. Merged into the branch of this run, where that
        is known: one that took all of it elsewhere is another matter."""
        found: dict[int, list[str]] = {}
        for commit in commits:
            if commit.sha not in self._pulls:
                self._pulls[commit.sha] = merged_with(self.api, commit.sha)
            for pull in self._pulls[commit.sha]:
                if self.here.branch in (None, pull.base):
                    found.setdefault(pull.number, []).extend(commit.keys)
        return found

    def later(self, number: int, commits: tuple[Commit, ...]) -> set[str]:
        """The keys that a commit changed which is newer than what this pull request brought of them."""
        newer: set[str] = set()
        found: set[str] = set()
        mine: set[str] = set()
        for commit in commits:
            if any(pull.number == number for pull in self._pulls.get(commit.sha, ())):
                found |= (set(commit.keys) - mine) & newer
                mine |= set(commit.keys)
            else:
                newer |= set(commit.keys)
        return found

    def seen(self, number: int, one: Planned) -> JsonObject | None:
        """What the plan's comment on a pull request said of each assistant; None where none of ours says it."""
        found = self._first(number, about("plan", one.owner, one.name))
        return fingerprint.read(found.body) if found is not None else None

    def is_answered(self, number: int, one: Planned) -> bool:
        """Whether it was said that all of it is live, which is never taken back."""
        found = self._answer(number, one)
        return found is not None and is_live(found.body)

    def put(self, number: int, one: Planned, body: str, say: Callable[[str], None]) -> None:
        """Make the answer say this. Where the token may not write, the summary of the run says it."""
        there = self._answer(number, one)
        if there is not None and same(there.body, body):
            return
        try:
            became = put_comment(self.api, number, self.author, about("answer", one.owner, one.name), body)
            say(f"#{number}, {one.name}: answer {became}")
        except Forbidden as error:
            say(f"#{number}, {one.name}: the token may not answer ({error.message}); the summary of the run says it")
            self.here.summarize(f"On pull request {number}:\n\n{body}")

    def _answer(self, number: int, one: Planned) -> Text | None:
        return self._first(number, about("answer", one.owner, one.name))

    def _first(self, number: int, is_ours: IsOurs) -> Text | None:
        if number not in self._comments:
            self._comments[number] = comments(self.api, number, self.author)
        return next((text for text in self._comments[number] if is_ours(text.body)), None)
