"""What a plan says of assistants that it does not touch."""

from __future__ import annotations

from reconciler.core.compare import Comparison
from reconciler.model.diagnostic import Diagnostic


def notes(comparison: Comparison, *, prune: bool, adopt: bool) -> list[Diagnostic]:
    """Copies that carry our marker, ours without a manifest, adopted ones without a marker."""
    found: list[Diagnostic] = []
    for live in comparison.copies:
        marker = live.row.marker
        if marker is not None:
            found.append(
                Diagnostic(
                    severity="note",
                    code="copy",
                    message=f"assistant {live.assistant_id} ('{live.row.spec.name}') is a copy somebody made of "
                    f"'{marker.key}'; it is not managed and will not be touched",
                )
            )
    for live in comparison.orphans:
        key = live.mark.key if live.mark is not None else live.assistant_id
        if live.is_default:
            message = f"assistant `{key}` has no manifest any more; as its graph's default it is never deleted"
        elif prune:
            continue
        else:
            message = f"assistant `{key}` has no manifest any more; it stays until `--prune` deletes it"
        found.append(Diagnostic(severity="warning", code="no-manifest", message=message, key=key))
    if not adopt:
        for pair in comparison.unmarked:
            found.append(
                Diagnostic(
                    severity="note",
                    code="adopted",
                    message=f"assistant `{pair.wanted.key}` is as git wants it but carries no marker, so its drift and "
                    "its removal cannot be told; `reconciler apply --adopt` marks it (one new version)",
                    path=pair.wanted.path,
                    line=pair.wanted.line,
                    key=pair.wanted.key,
                )
            )
    return found
