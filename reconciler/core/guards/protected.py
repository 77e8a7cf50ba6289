"""`protected: true` is kept on the live assistant, so that it holds when the manifest is gone too."""

from reconciler.core.guards.rule import Scope, Verdict
from reconciler.model.change import key_of


def rule(scope: Scope) -> Verdict | None:
    names = [key_of(d) for d in scope.deletes if d.live.mark is not None and d.live.mark.protected]
    if not names:
        return None
    return Verdict(
        message=f"protected and about to be deleted: {', '.join(names)}",
        allow=" ".join(f"--allow-delete {name}" for name in names),
    )
