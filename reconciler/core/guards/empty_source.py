"""An empty folder is a wrong folder more often than a wish to have nothing."""

from reconciler.core.guards.rule import Scope, Verdict, count


def rule(scope: Scope) -> Verdict | None:
    if scope.wanted:
        return None
    return Verdict(
        message=f"no manifest was found under assistants/, while {count(scope.owned, 'assistant')} on this server "
        f"{'is' if scope.owned == 1 else 'are'} managed from here"
    )
