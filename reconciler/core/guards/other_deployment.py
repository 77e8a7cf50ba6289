"""The address of one deployment under the name of another: staging's settings would go to production."""

from reconciler.core.guards.elsewhere import Elsewhere, elsewhere
from reconciler.core.guards.rule import Scope, Verdict, names


class OtherDeployment(Verdict, frozen=True, kw_only=True):
    here: str
    found: Elsewhere

    @property
    def message(self) -> str:
        return f"written for deployment {names(self.found.places)}, not for `{self.here}`: {names(self.found.keys)}"


def rule(scope: Scope) -> OtherDeployment | None:
    here = scope.facts.deployment
    found = elsewhere(scope, here, lambda mark: mark.deployment)
    return OtherDeployment(here=here, found=found) if here is not None and found is not None else None
