"""Which assistants a command is about: keys, globs, the path of a manifest or of a prompt."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

from reconciler.errors import UsageError
from reconciler.model.wanted import Removed, Wanted


def select(
    wanted: Sequence[Wanted | Removed],
    targets: Iterable[str],
    graphs: Iterable[str],
    exclude: Iterable[str],
    *,
    root: Path,
    here: Path,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The keys that count (None: all), and those among them that the targets name.

    A path is one from `here`, as a shell completes it, or from `root`, the folder of the settings. `elsewhere` says of
    other keys why they are not among `wanted`.

    Raises UsageError for a target, graph or exclusion that fits nothing: a typing mistake must not become a run that
    does less than it was asked.
    """
    targets, graphs, exclude = tuple(targets), tuple(graphs), tuple(exclude)
    named: set[str] = set()
    for target in targets:
        named |= _matching(wanted, target, root, here, elsewhere)
    chosen = set(named) if targets else {w.key for w in wanted}
    graph_of = {w.key: w.spec.graph_id for w in wanted if isinstance(w, Wanted)}
    known = set(graph_of.values())
    for graph in graphs:
        if graph not in known:
            raise UsageError(f"--graph {graph}: no manifest is of that graph", hint=_nearest(graph, known))
    if graphs:
        chosen &= {key for key, graph in graph_of.items() if graph in graphs}
    for pattern in exclude:
        chosen -= _matching(wanted, pattern, root, here, elsewhere)
    everything = not (targets or graphs or exclude)
    return (None if everything else frozenset(chosen)), frozenset(named & chosen)


def _matching(
    wanted: Sequence[Wanted | Removed], target: str, root: Path, here: Path, elsewhere: Mapping[str, str]
) -> set[str]:
    paths = {posixpath.normpath(target.replace(os.sep, "/"))}
    absolute = os.path.normpath(here / target)
    if absolute.startswith(f"{os.path.normpath(root)}{os.sep}"):
        paths.add(os.path.relpath(absolute, root).replace(os.sep, "/"))
    found = {w.key for w in wanted if fnmatchcase(w.key, target) or not paths.isdisjoint((w.path, *_files(w)))}
    if not found and target in elsewhere:
        raise UsageError(f"assistant `{target}` {elsewhere[target]}")
    if not found:
        keys = [w.key for w in wanted]
        raise UsageError(f"no assistant `{target}` in assistants/", hint=_nearest(target, keys))
    return found


def _files(one: Wanted | Removed) -> tuple[str, ...]:
    return one.files if isinstance(one, Wanted) else ()


def _nearest(name: str, names: Iterable[str]) -> str | None:
    near = get_close_matches(name, sorted(names), n=1)
    return f"did you mean `{near[0]}`?" if near else None
