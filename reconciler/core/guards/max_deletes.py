"""More deletions in one run than the settings' `guards.max_deletes`."""

from dataclasses import dataclass

from reconciler.core.guards.rule import Scope, Verdict, count


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyDeletes(Verdict):
    found: int
    limit: int

    @property
    def message(self) -> str:
        return f"{count(self.found, 'deletion')} in one run; the limit is {self.limit} (guards.max_deletes)"


def rule(scope: Scope) -> TooManyDeletes | None:
    found, limit = len(scope.unsaid), scope.limits.max_deletes
    return TooManyDeletes(found=found, limit=limit) if found > limit else None
