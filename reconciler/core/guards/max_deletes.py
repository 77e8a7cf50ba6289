"""More deletions in one run than the settings' `guards.max_deletes`."""

from reconciler.core.guards.rule import Scope, Verdict, count


def rule(scope: Scope) -> Verdict | None:
    found, limit = len(scope.deletes), scope.limits.max_deletes
    if found <= limit:
        return None
    return Verdict(message=f"{count(found, 'deletion')} in one run; the limit is {limit} (guards.max_deletes)")
