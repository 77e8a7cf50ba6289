"""The settings of a commit in place of the tree's: what a pull request proposes must not say where a key is sent."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import InvalidSource, SettingsError
from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.settings import SETTINGS, Settings, read_settings
from reconciler.repo.tree import CannotRead, Tree

NOT_USED = "settings-not-used"
"""The code of the diagnostic that says so."""


class NoSettings(SettingsError):
    """The commit has no reconciler.yaml: before the first pull request is merged there is nothing to plan with."""


class SettingsAt(Struct, frozen=True, kw_only=True):
    """`settings` are the commit's. `proposed` are the tree's, where these differ and can be read."""

    settings: Settings
    proposed: Settings | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def settings_at(git: Git | None, tree: Tree, commit: str, directory: Path, root: Path) -> SettingsAt:
    """The settings as the commit has them, for a run in `directory` whose tree has its settings in the folder `root`.

    Manifests may name the deployments that the tree's settings add: those are not errors, and nothing is sent there.
    `moved` is the tree's own.
    Raises SettingsError (NoSettings) where the commit has none, is not known, or where the tree changes a `ca_file`
    that they name: with it anybody could pose as the server; also where the tree leads to settings of another folder
    than the commit does, by a link or since they are not where they were: those, of an example say, were never meant
    for a key. Raises InvalidSource where they are wrong.
    """
    if git is None:
        raise SettingsError("--settings-from names a commit, and this is no git repository")
    top = _top(directory)
    try:
        with CommitTree(git, commit) as then:
            _check_place(git, then.commit, top, directory, root)
            data = _read(then, commit)
            settings, wrong = read_settings(data)
            if settings is None:
                raise InvalidSource(wrong)
            _check_authorities(settings, tree, then, top, root)
    except CannotRead as error:
        raise SettingsError(error.message, hint=error.hint) from None
    now = _now(tree)
    if now == data:
        return SettingsAt(settings=settings)
    proposed = read_settings(now)[0] if now is not None else None
    listed = {one.name for one in settings.deployments}
    more = tuple(one.name for one in proposed.deployments if one.name not in listed) if proposed is not None else ()
    # Which assistant a file is says nothing of where a key goes, and a manifest's `key` could say it too: without it
    # the plan would delete what the merge keeps.
    moved = proposed.moved if proposed is not None else settings.moved
    return SettingsAt(
        settings=replace(settings, unlisted=more, moved=moved),
        proposed=proposed,
        diagnostics=(_not_used(commit, more, moves=moved != settings.moved),),
    )


def _top(directory: Path) -> Path:
    """The top of the work tree, with no link from there to `directory`. Nobody can commit anything called `.git`."""
    here = Path(os.path.abspath(directory))
    top = next((at for at in (here, *here.parents) if not at.is_symlink() and os.path.lexists(at / ".git")), None)
    if top is None or here.resolve() != top.resolve() / here.relative_to(top):
        raise SettingsError(
            f"{directory} is reached through a link, so it is not known whose settings --settings-from means",
            hint="name the folder itself with -C",
        )
    return top


def _check_place(git: Git, commit: str, top: Path, directory: Path, root: Path) -> None:
    """Raises SettingsError where the nearest settings, from `directory` upwards, are others in the commit."""
    here = Path(os.path.abspath(directory))
    for at in (here, *here.parents):
        name = (at.relative_to(top) / SETTINGS).as_posix()
        if git.run("cat-file", "-e", f"{commit}:{name}").returncode == 0:
            if at != Path(os.path.abspath(root)):
                raise SettingsError(
                    f"the settings are {name} at {commit[:12]}, and elsewhere in the tree",
                    hint="move them in a pull request of its own; they count there once it is merged",
                )
            return
        if at == top:
            return


def _read(then: CommitTree, commit: str) -> bytes:
    try:
        return then.read(SETTINGS)
    except CannotRead as error:
        raise NoSettings(
            f"{SETTINGS} at {commit[:12]}: {error.message}",
            hint="a pull request that brings the first settings is planned once it is merged",
        ) from None


def _now(tree: Tree) -> bytes | None:
    try:
        return tree.read(SETTINGS)
    except CannotRead:
        return None


def _check_authorities(settings: Settings, tree: Tree, then: CommitTree, top: Path, root: Path) -> None:
    for one in settings.deployments:
        name = _in_tree(one.ca_file, top, root) if one.ca_file is not None else None
        if name is None:
            continue
        try:
            same = tree.read(name) == then.read(name)
        except CannotRead:
            same = False
        if not same:
            raise SettingsError(
                f"`ca_file` of deployment `{one.name}` is not as {then.commit[:12]} has it, so nothing is sent",
                hint=f"change {one.ca_file} in a pull request of its own; it counts once it is merged",
            )


def _in_tree(ca_file: str, top: Path, root: Path) -> str | None:
    """Its name from the settings' folder; None for one of the machine's own, which no pull request changes."""
    if not os.path.isabs(ca_file):
        return ca_file
    for path, folder, here in (
        (os.path.normpath(ca_file), root, top),
        (os.path.realpath(ca_file), root.resolve(), top.resolve()),
    ):
        if Path(path).is_relative_to(here):
            return os.path.relpath(path, folder)
    return None


def _not_used(commit: str, more: tuple[str, ...], *, moves: bool) -> Diagnostic:
    new = f"; deployment{'s' if len(more) > 1 else ''} {', '.join(f'`{name}`' for name in more)} is new" if more else ""
    return Diagnostic(
        severity="warning",
        code=NOT_USED,
        message=f"this changes {SETTINGS}, which counts only once it is merged: this plan was made with the settings "
        f"of commit {commit[:12]}{', but for `moved`' if moves else ''}{new}",
        hint="look at that file with care: it says where assistants are written to, and what stops it",
        path=SETTINGS,
        line=1,
    )
