"""More deletions in one run than the settings' `guards.max_deletes`."""

from reconciler.core.guards.rule import Scope, Verdict, count


class TooManyDeletes(Verdict, frozen=True, kw_only=True):
    found: int
    limit: int

    @property
    def message(self) -> str:
        return f"{count(self.found, 'deletion')} in one run; the limit is {self.limit} (guards.max_deletes)"


def rule(scope: Scope) -> TooManyDeletes | None:
    found, limit = len(scope.unsaid), scope.limits.max_deletes
    return TooManyDeletes(found=found, limit=limit) if found > limit else None
