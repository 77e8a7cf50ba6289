"""What a plan says of assistants that it does not touch."""

from __future__ import annotations

from reconciler.core.compare import Comparison
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.live import Live
from reconciler.model.wanted import Removed


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
        code = "default-stays" if live.is_default else "no-manifest"
        if live.is_default:
            message = f"assistant `{key}` has no manifest any more; as its graph's default it is never deleted"
        elif prune:
            continue
        else:
            message = f"assistant `{key}` has no manifest any more; it stays until `--prune` deletes it"
        found.append(Diagnostic(severity="warning", code=code, message=message, key=key))
    found += [_given_up_before(gone, live) for gone, live in comparison.done]
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


def _given_up_before(gone: Removed, live: Live | None) -> Diagnostic:
    """Whether a manifest that says `removed` has done its work here."""
    how = "keep" if gone.keep else "delete"
    severity: Severity = "note"
    if live is None:
        said = "it is not on this server (any more)"
    elif gone.keep:
        said = "this repository does not manage it here (any more)"
    else:
        severity = "warning"
        said = "there is one of that id, but it carries no marker of this repository, so it is left as it is"
    message = f"assistant `{gone.key}`, `removed: {how}`: {said}"
    hint = "once that is so in every deployment, the file can go" if severity == "note" else "delete it in Studio"
    return Diagnostic(
        severity=severity, code="removed", message=message, path=gone.path, line=gone.line, hint=hint, key=gone.key
    )
