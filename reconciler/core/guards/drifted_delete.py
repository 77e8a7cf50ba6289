"""A deletion takes all versions along: so nothing goes unseen that git never held.

That is what was edited outside git, what carries no hash to tell it by, and what was adopted: made by hand, perhaps
long before git knew it.
"""

from reconciler.core import managed
from reconciler.core.authorship import written
from reconciler.core.guards.rule import Scope, Verdict, allow_delete, names
from reconciler.model.change import Delete, key_of
from reconciler.model.identity import derived_id
from reconciler.model.spec import FORM


class DriftedDelete(Verdict, frozen=True, kw_only=True):
    """Keys by what is the matter with them, each in one place only."""

    edited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        parts = []
        if self.edited:
            parts.append(
                f"changed outside git since it was written: {names(self.edited)} (or only in fields that its manifest "
                "had under `ignore`: that cannot be told when the file is gone)"
            )
        if self.unknown:
            parts.append(f"its marker does not say what was written: {names(self.unknown)}")
        if self.adopted:
            parts.append(f"adopted, so perhaps made by hand: {names(self.adopted)}")
        return f"about to be deleted, {'; '.join(parts)}"

    @property
    def allow(self) -> str:
        return allow_delete(sorted((*self.edited, *self.unknown, *self.adopted)))


def rule(scope: Scope) -> DriftedDelete | None:
    found: dict[str, list[str]] = {"edited": [], "unknown": [], "adopted": []}
    for delete in scope.deletes:
        kind = _kind(scope, delete)
        if kind is not None:
            found[kind].append(key_of(delete))
    if not any(found.values()):
        return None
    return DriftedDelete(**{kind: tuple(keys) for kind, keys in found.items()})


def _kind(scope: Scope, delete: Delete) -> str | None:
    owner, live, mark = scope.owner, delete.live, delete.live.mark
    if mark is None or not mark.hash.startswith(f"{FORM}:"):
        return "unknown"
    if live.row.residue or not managed.written_by_us(owner, live.assistant_id, live.row):
        return "edited"
    history = scope.histories.get(live.assistant_id)
    if history is not None and not any(
        row.number == live.row.number for row in written(owner, live.assistant_id, history.rows)
    ):
        return "edited"  # a marker that came back with an older version, and was kept by an edit
    return "adopted" if live.assistant_id != derived_id(owner, mark.key) else None
