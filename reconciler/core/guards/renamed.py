"""A file that moved gets another key, and with it a new assistant: the old one keeps its id, its history and its users.

One such is a warning; two or more are a folder that was renamed.
"""

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core import managed
from reconciler.core.guards.rule import Scope, Verdict, count
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live
from reconciler.model.wanted import Wanted

_SHOWN = 5


class Rename(Struct, frozen=True, kw_only=True):
    """What would be created, and what of ours without a manifest holds the same."""

    wanted: Wanted
    before: str
    assistant_id: str

    @property
    def line(self) -> str:
        """What keeps the assistant, in the manifest."""
        return f"assistant_id: {self.assistant_id}"


class Renamed(Verdict, frozen=True, kw_only=True):
    renames: tuple[Rename, ...]

    @property
    def message(self) -> str:
        shown = [f"`{one.wanted.key}` (was `{one.before}`: `{one.line}`)" for one in self.renames[:_SHOWN]]
        more = len(self.renames) - _SHOWN
        return (
            f"{count(len(self.renames), 'assistant')} would be created with the content of ours that have no manifest "
            f"any more, as after a rename; the line in brackets, in the manifest, keeps the old one: {', '.join(shown)}"
            f"{f' and {more} more' if more > 0 else ''}"
        )


def rule(scope: Scope) -> Renamed | None:
    found = _renames(scope)
    return Renamed(renames=found) if len(found) > 1 else None


def notes(scope: Scope) -> list[Diagnostic]:
    return [
        Diagnostic(
            severity="warning",
            code="renamed",
            message=f"assistant `{one.wanted.key}` would be created with the content of `{one.before}`, which has no "
            "manifest any more; to keep that one, with its id and its history, write:",
            path=one.wanted.path,
            line=one.wanted.line,
            hint=f"  {one.line}",
            key=one.wanted.key,
        )
        for one in _renames(scope)
    ]


def _renames(scope: Scope) -> tuple[Rename, ...]:
    """Each creation with at most one of ours, by the order of their keys; nothing is paired twice."""
    left = sorted((live for live in scope.orphans if live.mark is not None and not live.is_default), key=_key)
    found: list[Rename] = []
    for want in sorted((create.wanted for create in scope.creates), key=lambda w: w.key):
        live = next((live for live in left if not want.adopts and _holds(want, live)), None)
        if live is not None:
            left.remove(live)
            found.append(Rename(wanted=want, before=_key(live), assistant_id=live.assistant_id))
    return tuple(found)


def _key(live: Live) -> str:
    return live.mark.key if live.mark is not None else live.assistant_id


def _holds(want: Wanted, live: Live) -> bool:
    """Whether this is what is live, or what was last written there and edited since."""
    there = replace(want, assistant_id=live.assistant_id)
    written = managed.hash_as_written(want.spec, tuple(sorted(want.spec.metadata)))
    return managed.same_content(there, live.row) or (live.mark is not None and live.mark.hash == written)
