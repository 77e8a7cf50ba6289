"""Two manifests that mean one assistant, or whose keys only a case-sensitive file system keeps apart."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.wanted import Wanted


def key_collisions(keys: Iterable[tuple[str, str]]) -> list[Diagnostic]:
    """Errors for (key, path) pairs of which two have one key (`a.yaml`, `a.yml`), or keys that differ in case only."""
    found = []
    first: dict[str, tuple[str, str]] = {}
    for key, path in sorted(keys):
        other_key, other_path = first.setdefault(key.casefold(), (key, path))
        if other_path == path:
            continue
        if other_key == key:
            message = f"`{other_path}` describes assistant `{key}` too; remove one of the two"
            found.append(_error(path, 1, "same-key", message, key))
        else:
            message = f"assistant `{key}` and assistant `{other_key}` (`{other_path}`) differ only in case"
            found.append(_error(path, 1, "key-case", message, key))
    return found


def id_collisions(wanted: Iterable[Wanted]) -> list[Diagnostic]:
    """Errors for manifests that resolve to one assistant_id; both are named."""
    found = []
    first: dict[str, Wanted] = {}
    for one in wanted:
        other = first.setdefault(one.assistant_id, one)
        if other is not one and other.key != one.key:
            what = f"the default assistant of graph `{one.spec.graph_id}`" if one.default else one.assistant_id
            message = f"`{other.path}` is about the same assistant, {what}; remove one of the two"
            found.append(_error(one.path, one.line, "same-assistant", message, one.key))
    return found


def _error(path: str, line: int, code: str, message: str, key: str) -> Diagnostic:
    return Diagnostic(severity="error", code=code, message=message, path=path, line=line, column=1, key=key)
