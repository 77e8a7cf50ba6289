"""Another `owner` in the settings makes all assistants anew, beside those that everybody uses."""

from reconciler.core.guards.rule import Scope, Verdict, count, names
from reconciler.model.live import Live


class OwnerChanged(Verdict, frozen=True, kw_only=True):
    owner: str
    before: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def message(self) -> str:
        return (
            f"{count(len(self.keys), 'assistant')} would be created for the owner `{self.owner}` while this repository "
            f"has the same under {names(self.before)}: {names(self.keys)}; `owner` in the settings is never changed"
        )


def rule(scope: Scope) -> OwnerChanged | None:
    if scope.facts.repo is None:
        return None
    keys = {create.wanted.key for create in scope.creates}
    found = [m for live in scope.others if (m := live.mark) is not None and m.key in keys and _from_here(scope, live)]
    if not found:
        return None
    return OwnerChanged(
        owner=scope.owner,
        before=tuple(sorted({mark.owner for mark in found})),
        keys=tuple(sorted({mark.key for mark in found})),
    )


def _from_here(scope: Scope, live: Live) -> bool:
    """Written from this repository, and not for another deployment, which may have an owner of its own there."""
    mark, facts = live.mark, scope.facts
    if mark is None or mark.repo != facts.repo:
        return False
    return None in (mark.deployment, facts.deployment) or mark.deployment == facts.deployment
