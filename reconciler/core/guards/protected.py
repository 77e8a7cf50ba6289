"""`protected: true` is kept on the live assistant, so that it holds when the manifest is gone too.

Where an older version was made live again outside git, its marker may be from before the protection: then that of the
newest version that this tool wrote counts as well.
"""

from reconciler.core import managed
from reconciler.core.guards.rule import Scope, Verdict, allow_delete, names
from reconciler.model.change import Delete, key_of


class Protected(Verdict, frozen=True, kw_only=True):
    """`hidden` are those of `keys` whose live version does not say it, while a newer one does."""

    keys: tuple[str, ...]
    hidden: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        older = f" (of {names(self.hidden)} an older version is live; the newest says so)" if self.hidden else ""
        return f"protected and about to be deleted: {names(self.keys)}{older}"

    @property
    def allow(self) -> str:
        return allow_delete(self.keys)


def rule(scope: Scope) -> Protected | None:
    said = [key_of(d) for d in scope.deletes if d.live.mark is not None and d.live.mark.protected]
    hidden = [key_of(d) for d in scope.deletes if key_of(d) not in said and _was_protected(scope, d)]
    if not (said or hidden):
        return None
    return Protected(keys=tuple(sorted([*said, *hidden])), hidden=tuple(hidden))


def _was_protected(scope: Scope, delete: Delete) -> bool:
    history, identifier = scope.histories.get(delete.live.assistant_id), delete.live.assistant_id
    rows = history.rows if history is not None else ()
    ours = next((row for row in rows if managed.written_by_us(scope.owner, identifier, row)), None)
    return ours is not None and ours.marker is not None and ours.marker.protected
