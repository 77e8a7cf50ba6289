"""A larger share of what we manage than `guards.max_delete_percent` would be deleted.

One deletion a run is within it, unless nothing of ours would be left: so the guard holds from one assistant up.
What a manifest gives up with `removed: delete` was reviewed line by line and does not count.
"""

from reconciler.core.guards.rule import Scope, Verdict


class TooLargeAShareDeleted(Verdict, frozen=True, kw_only=True):
    found: int
    owned: int
    limit: float

    @property
    def message(self) -> str:
        return (
            f"{self.found} of the {self.owned} assistants managed here would be deleted; "
            f"the limit is {self.limit:g}% (guards.max_delete_percent)"
        )


def rule(scope: Scope) -> TooLargeAShareDeleted | None:
    found, limit = len(scope.unsaid), scope.limits.max_delete_percent
    some_stay = len(scope.all_deletes) < scope.owned
    if found == 0 or (found == 1 and some_stay) or found * 100 <= limit * scope.owned:
        return None
    return TooLargeAShareDeleted(found=found, owned=scope.owned, limit=limit)
