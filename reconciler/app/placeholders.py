"""Warnings about prompts that lost a `{placeholder}`, or have a new one: against git's last word, or what is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.app.lint import context_field, in_text
from reconciler.core.placeholders import Moved, moved
from reconciler.model.diagnostic import Diagnostic, Severity, distinct
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.model.wanted import Wanted
from reconciler.repo.changed import changed
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.manifests import FOLDER, Loaded, Manifests
from reconciler.repo.settings import Settings
from reconciler.repo.tree import Tree
from reconciler.repo.words import listing


def against_live(
    loaded: Loaded, lives: Iterable[Live], keys: Iterable[str], words: str = "the live version"
) -> list[Diagnostic]:
    """About the assistants in `keys`, those that may be written: each compared with what is live, or what stands for
    it; then `words` say what that is."""
    rows = {live.assistant_id: live.row for live in lives}
    chosen = frozenset(keys)
    found: list[Diagnostic] = []
    for one in loaded.wanted:
        row = rows.get(one.assistant_id)
        if row is not None and one.key in chosen:
            found += _said(loaded, one, row.spec.context, words)
    return found


def commit_words(commit: str) -> str:
    """How a message calls a commit."""
    return f"commit {commit[:12]}"


def against_git(
    git: Git | None, tree: Tree, settings: Settings, readings: Mapping[str | None, Loaded]
) -> list[Diagnostic]:
    """About every assistant, by deployment: each compared with HEAD where the work tree differs from it, else with
    HEAD's first parent. Nothing where git does not know these. Only manifests of which a file changed are read there.
    """
    head = git.head() if git is not None else None
    if git is None or head is None:
        return []
    found: list[Diagnostic] = []
    for commit in (head, git.parent()):
        if commit is None:
            break
        with CommitTree(git, commit) as then:
            paths = _changed(git, tree, then, readings.values())
            if paths:
                found += _since(then, settings, readings, paths)
                break
    return distinct(found)


def _changed(git: Git, tree: Tree, then: CommitTree, readings: Iterable[Loaded]) -> frozenset[str]:
    """Also of prompts and bases that stand elsewhere in the settings' folder."""
    used = {file for loaded in readings for want in loaded.wanted for file in want.files}
    others = {file.partition("/")[0] for file in used if not file.startswith(f"{FOLDER}/")}
    found = changed(git, tree, then, FOLDER, *sorted(others))
    return frozenset(path for path in found if path in used or path.startswith(f"{FOLDER}/"))


def _since(
    then: CommitTree, settings: Settings, readings: Mapping[str | None, Loaded], paths: frozenset[str]
) -> Iterator[Diagnostic]:
    """`paths` are the files that are not as they were."""
    touched = {d: [w for w in one.wanted if not paths.isdisjoint((w.path, *w.files))] for d, one in readings.items()}
    manifests = paths | {want.path for wanted in touched.values() for want in wanted}
    before = Manifests(then, settings, manifests)
    words = commit_words(then.commit)
    for deployment, wanted in touched.items():
        if not wanted:
            continue
        specs = {one.assistant_id: one.spec for one in before.at(deployment).wanted}
        for one in wanted:
            if one.assistant_id in specs:
                yield from _said(readings[deployment], one, specs[one.assistant_id].context, words)


def _said(loaded: Loaded, one: Wanted, before: JsonObject, where: str) -> Iterator[Diagnostic]:
    for change in moved(before, one.spec.context):
        path = ("context", *change.path)
        if not any(path[: len(left)] == left for left in one.ignore):
            yield from _warnings(loaded, one, change, where)


def _warnings(loaded: Loaded, one: Wanted, change: Moved, where: str) -> Iterator[Diagnostic]:
    label = context_field(("context", *change.path))
    if change.lost:
        said = f"{label} has no {_either(change.lost)} any more, which {where} has"
        hint = "put it back, unless the graph does not fill it in any more"
        yield _warning(loaded, one, change, "placeholder-lost", said, hint)
    if change.new:
        said = f"{label} has {listing(change.new)}, which {where} does not have"
        hint = "if the graph does not fill it in, the model reads it as it stands"
        yield _warning(loaded, one, change, "placeholder-new", said, hint)


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _warning(loaded: Loaded, one: Wanted, change: Moved, code: str, message: str, hint: str) -> Diagnostic:
    severity: Severity = "warning"
    path = ("context", *change.path)
    line, column = (change.line, change.column) if code == "placeholder-new" else (1, 1)
    place = in_text(loaded, one, path, line, column)
    return Diagnostic(
        severity=severity,
        code=code,
        message=message,
        path=place.path,
        line=place.line,
        column=place.column,
        hint=hint,
        key=one.key,
    )
