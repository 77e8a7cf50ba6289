"""A pull request that loosens these guards does not also get to pass them unseen.

Unlike the others it blocks where nothing would be written too: once the commit is the base, nobody asks again.
"""

from collections.abc import Iterator

from msgspec import Struct

from reconciler.core.guards.facts import Safety
from reconciler.core.guards.rule import Scope, Verdict
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.wanted import OnDrift

_STRICT = (OnDrift.OVERWRITE, OnDrift.HOLD, OnDrift.BLOCK)


class Loosened(Struct, frozen=True, kw_only=True):
    """One setting, by its name in the file, in words on both sides."""

    name: str
    before: str
    after: str


class GuardsChanged(Verdict, frozen=True, kw_only=True):
    loosened: tuple[Loosened, ...]

    @property
    def message(self) -> str:
        said = ", ".join(f"{one.name} from {one.before} to {one.after}" for one in self.loosened)
        return f"the settings let more happen than at the base: {said}"


def rule(scope: Scope) -> GuardsChanged | None:
    before, now = scope.facts.before, scope.facts.now
    if before is None or now is None:
        return None
    loosened = tuple(_loosened(before, now, scope.facts.deployment or ""))
    return GuardsChanged(loosened=loosened) if loosened else None


def notes(scope: Scope) -> list[Diagnostic]:
    why = scope.facts.not_compared
    if why is None or not scope.changes:
        return []
    message = f"whether these settings are looser than at the base cannot be told: {why}"
    return [Diagnostic(severity="note", code="guards-not-compared", message=message)]


def _loosened(before: Safety, now: Safety, deployment: str) -> Iterator[Loosened]:
    for name in ("max_deletes", "max_delete_percent", "max_update_percent"):
        was, is_ = getattr(before.limits, name), getattr(now.limits, name)
        if is_ > was:
            yield Loosened(name=f"guards.{name}", before=f"{was:g}", after=f"{is_:g}")
    if _STRICT.index(now.on_drift) < _STRICT.index(before.on_drift):
        yield Loosened(name="on_drift", before=before.on_drift, after=now.on_drift)
    where = f"deployments.{deployment}"
    if now.prune and before.prune is False:
        yield Loosened(name=f"{where}.prune", before="false", after="true")
    for name, was in sorted((before.expect or {}).items()):
        found = (now.expect or {}).get(name)
        if found != was:
            yield Loosened(name=f"{where}.expect.{name}", before=was, after=found or "nothing")
