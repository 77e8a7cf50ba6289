"""An empty folder is a wrong folder more often than a wish to have nothing. From one assistant of ours up."""

from reconciler.core.guards.rule import Scope, Verdict, count


class EmptySource(Verdict, frozen=True, kw_only=True):
    owned: int

    @property
    def message(self) -> str:
        verb = "is" if self.owned == 1 else "are"
        managed = f"{count(self.owned, 'assistant')} on this server {verb} managed from here"
        return f"no manifest was found under assistants/, while {managed}"


def rule(scope: Scope) -> EmptySource | None:
    return EmptySource(owned=scope.owned) if scope.wanted == 0 and scope.owned else None
