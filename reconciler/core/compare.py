"""First step, pure: what git wants and what the server lists -> what is the same, what is not, and what to look up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from reconciler.core import managed
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import same
from reconciler.model.live import Live
from reconciler.model.wanted import Removed, Wanted


class Pair(Struct, frozen=True, kw_only=True):
    """One assistant on both sides."""

    wanted: Wanted
    live: Live


class Comparison(Struct, frozen=True, kw_only=True):
    """Every live assistant and every wanted one stands in exactly one of these.

    `same` need nothing. `unmarked` hold the wanted content, but nothing says that they are ours: adopted. `mislabelled`
    hold the wanted content under a marker that is off. `differs` is what has to be looked up. `orphans` are ours
    without a manifest, `others` those of other owners, which `foreign` counts. `refused` are manifests that cannot be
    served, each with its error. `given_up` are those of ours that git gives up by name, `done` what it gave up and is
    not ours (any more).
    """

    same: tuple[Pair, ...]
    unmarked: tuple[Pair, ...]
    mislabelled: tuple[Pair, ...]
    differs: tuple[Pair, ...]
    missing: tuple[Wanted, ...]
    orphans: tuple[Live, ...]
    unmanaged: tuple[Live, ...]
    foreign: dict[str, int]
    others: tuple[Live, ...]
    copies: tuple[Live, ...]
    refused: tuple[Diagnostic, ...]
    given_up: tuple[tuple[Removed, Live], ...] = ()
    done: tuple[tuple[Removed, Live | None], ...] = ()


def is_ours(owner: str, live: Live) -> bool:
    """Ours only if its marker names this owner and was written for this very assistant."""
    return live.mark is not None and live.mark.owner == owner


def compare(owner: str, wanted: Iterable[Wanted], lives: Iterable[Live], removed: Iterable[Removed] = ()) -> Comparison:
    """Match by assistant_id, then compare what git manages. The order of no input matters."""
    by_id = {live.assistant_id: live for live in lives}
    pairs: dict[str, list[Pair]] = {"same": [], "unmarked": [], "mislabelled": [], "differs": []}
    missing: list[Wanted] = []
    refused: list[Diagnostic] = []
    addressed: set[str] = set()
    for want in sorted(wanted, key=lambda w: w.key):
        live = by_id.get(want.assistant_id)
        addressed.add(want.assistant_id)
        if live is None:
            if want.default:
                refused.append(_no_default(want))
            else:
                missing.append(want)
            continue
        problem = _problem(owner, want, live)
        if problem is not None:
            refused.append(problem)
            continue
        pairs[_kind(owner, want, live)].append(Pair(wanted=want, live=live))
    given_up: list[tuple[Removed, Live]] = []
    done: list[tuple[Removed, Live | None]] = []
    for gone in sorted(removed, key=lambda r: r.key):
        live = by_id.get(gone.assistant_id)
        if live is not None and is_ours(owner, live) and not live.is_default:
            given_up.append((gone, live))
            addressed.add(gone.assistant_id)
        else:
            done.append((gone, live))
    rest = [by_id[i] for i in sorted(by_id.keys() - addressed)]
    others = tuple(live for live in rest if live.mark is not None and live.mark.owner != owner)
    foreign = Counter(live.mark.owner for live in others if live.mark is not None)
    return Comparison(
        same=tuple(pairs["same"]),
        unmarked=tuple(pairs["unmarked"]),
        mislabelled=tuple(pairs["mislabelled"]),
        differs=tuple(pairs["differs"]),
        missing=tuple(missing),
        orphans=tuple(live for live in rest if is_ours(owner, live)),
        unmanaged=tuple(live for live in rest if live.row.marker is None),
        foreign=dict(sorted(foreign.items())),
        others=others,
        copies=tuple(live for live in rest if live.is_copy),
        refused=tuple(refused),
        given_up=tuple(given_up),
        done=tuple(done),
    )


def _kind(owner: str, want: Wanted, live: Live) -> str:
    if not managed.same_content(want, live.row):
        return "differs"
    if live.mark is None and (want.adopts or want.default):
        return "unmarked"
    return "same" if managed.same_marker(want, owner, live.row) else "mislabelled"


def _problem(owner: str, want: Wanted, live: Live) -> Diagnostic | None:
    """Why nothing may be written to this assistant, or None."""
    mark = live.mark
    if mark is not None and mark.owner != owner:
        return refusal(
            want,
            "foreign-owner",
            f"assistant {live.assistant_id} belongs to the owner '{mark.owner}' (as '{mark.key}'), not to '{owner}'",
            hint="take the assistant_id out of this manifest, or move the assistant to one repository",
        )
    if live.is_default and not want.default:
        return refusal(
            want,
            "default-assistant",
            f"{live.assistant_id} is the default assistant of graph `{live.row.spec.graph_id}`",
            hint="to manage its context, write:\ndefault: true",
        )
    if live.row.ambiguous:
        return refusal(
            want,
            "two-contexts",
            f"the server keeps two different sets of values for assistant {live.assistant_id}: "
            "one in `context`, another in `config.configurable`",
            hint="make them agree in Studio, or empty one of them; then plan again",
        )
    if mark is None:
        return None
    for name in sorted(want.spec.metadata.keys() - mark.keys):
        found = live.row.spec.metadata.get(name)
        if found is not None and not same(found, want.spec.metadata[name]):
            return refusal(
                want,
                "metadata-taken",
                f"metadata field `{name}` was set by somebody else (an auth handler, perhaps), to another value",
                hint=f"remove `{name}` from the manifest's metadata, or set it to the live value",
            )
    return None


def _no_default(want: Wanted) -> Diagnostic:
    return refusal(
        want,
        "default-missing",
        f"the server lists no default assistant for graph `{want.spec.graph_id}`",
        hint="is the graph deployed there? An auth handler may also hide default assistants",
    )


def refusal(want: Wanted, code: str, message: str, *, hint: str | None = None) -> Diagnostic:
    """An error about one assistant: it is not written, the others are."""
    return Diagnostic(
        severity="error", code=code, message=message, path=want.path, line=want.line, hint=hint, key=want.key
    )
