"""This commit is older than one that has been applied already: last week's job, run again, would take back a week."""

from reconciler.core.guards.rule import Scope, Verdict, count, marks_of, names, short
from reconciler.model.diagnostic import Diagnostic


class OlderCommit(Verdict, frozen=True, kw_only=True):
    """`keys` are the assistants that were written from `newer`."""

    head: str
    newer: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def message(self) -> str:
        later = names(short(commit) for commit in self.newer)
        return f"commit `{short(self.head)}` is older than {later}, from which {names(self.keys)} came"


def rule(scope: Scope) -> OlderCommit | None:
    facts, keys = scope.facts, _from(scope, scope.facts.newer)
    if not scope.changes or not keys or facts.head is None:
        return None
    return OlderCommit(head=facts.head, newer=tuple(sorted(set(keys.values()))), keys=tuple(sorted(keys)))


def notes(scope: Scope) -> list[Diagnostic]:
    keys = _from(scope, scope.facts.unknown)
    if not scope.changes or not keys:
        return []
    commits = sorted(set(keys.values()))
    return [
        Diagnostic(
            severity="note",
            code="older-commit-unknown",
            message=f"this clone does not have {count(len(commits), 'commit')} that {names(sorted(keys))} came from: "
            f"{names(map(short, commits))}; whether this commit is older cannot be told",
            hint="git fetch --unshallow (on GitHub: fetch-depth: 0); where the branch was rewritten, nothing helps",
        )
    ]


def _from(scope: Scope, commits: frozenset[str]) -> dict[str, str]:
    """Key -> commit, of those of ours that were written from one of `commits`."""
    if not commits:
        return {}
    marks = [mark for live in scope.ours for mark in marks_of(scope.owner, live, scope.histories)]
    named = [(mark.key, (mark.commit or "").removesuffix("-dirty")) for mark in marks]
    return {key: commit for key, commit in named if commit in commits}
