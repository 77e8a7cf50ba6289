"""Two manifests that mean one assistant, or whose keys only a case-sensitive file system keeps apart."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.wanted import Removed, Wanted


def key_collisions(keys: Iterable[tuple[str, str, int, str]]) -> list[Diagnostic]:
    """Errors for keys, each with path, line and manifest, of which two are one (`a.yaml`, `a.yml`), or differ in case
    only."""
    found = []
    first: dict[str, tuple[str, str, int, str]] = {}
    for one in sorted(keys):
        other = first.setdefault(one[0].casefold(), one)
        if other is one:
            continue
        (key, path, line, manifest), (other_key, other_path, other_line, other_manifest) = one, other
        where = f"`{other_path}`" if other_path != path else f"line {other_line}"
        if other_manifest != manifest and other_path == path:
            where = f"`{other_manifest}`, which takes these rows too,"
        if other_key == key:
            message = f"{where} describes assistant `{key}` too; remove one of the two"
            found.append(_error(path, line, "same-key", message, key))
        else:
            message = f"assistant `{key}` and assistant `{other_key}` ({where}) differ only in case"
            found.append(_error(path, line, "key-case", message, key))
    return found


def id_collisions(wanted: Iterable[Wanted], removed: Iterable[Removed] = ()) -> list[Diagnostic]:
    """Errors for manifests that resolve to one assistant_id; both are named."""
    found = []
    first: dict[str, Wanted | Removed] = {}
    everyone: list[Wanted | Removed] = [*wanted, *removed]
    for one in everyone:
        other = first.setdefault(one.assistant_id, one)
        if other is not one and other.key != one.key:
            what = one.assistant_id
            if isinstance(one, Wanted) and one.default:
                what = f"the default assistant of graph `{one.spec.graph_id}`"
            where = f"`{other.path}`" if other.path != one.path else f"assistant `{other.key}`, from the same file,"
            message = f"{where} is about the same assistant, {what}; remove one of the two"
            hint = "a copy is an assistant of its own: leave `assistant_id` out" if _named(one) else None
            found.append(_error(one.path, one.line, "same-assistant", message, one.key, hint))
    return found


def _named(one: Wanted | Removed) -> bool:
    return isinstance(one, Wanted) and one.adopts


def _error(path: str, line: int, code: str, message: str, key: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(severity="error", code=code, message=message, path=path, line=line, column=1, hint=hint, key=key)
