"""A larger share of what we manage than `guards.max_delete_percent` would be deleted.

One deletion a run is within it, unless it is the last assistant we have: so the guard holds from one assistant up.
"""

from reconciler.core.guards.rule import Scope, Verdict


def rule(scope: Scope) -> Verdict | None:
    found, limit = len(scope.deletes), scope.limits.max_delete_percent
    if found == 0 or (found == 1 and scope.owned > 1) or found * 100 <= limit * scope.owned:
        return None
    return Verdict(
        message=f"{found} of the {scope.owned} assistants managed here would be deleted; "
        f"the limit is {limit:g}% (guards.max_delete_percent)"
    )
