"""Two repositories under one owner would undo each other's work, run by run."""

from reconciler.core.guards.elsewhere import Elsewhere, elsewhere
from reconciler.core.guards.rule import Scope, Verdict, names


class OtherRepository(Verdict, frozen=True, kw_only=True):
    here: str
    found: Elsewhere

    @property
    def message(self) -> str:
        return f"written from {names(self.found.places)}, not from `{self.here}`: {names(self.found.keys)}"


def rule(scope: Scope) -> OtherRepository | None:
    here = scope.facts.repo
    found = elsewhere(scope, here, lambda mark: mark.repo)
    return OtherRepository(here=here, found=found) if here is not None and found is not None else None
