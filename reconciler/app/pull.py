"""From a backup into git: a manifest, and files for its prompts. Writes files only, and asks no server."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.lint import lint
from reconciler.app.source import Repository
from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.identity import derived_id
from reconciler.model.json import same
from reconciler.model.live import Live, Version
from reconciler.model.spec import Spec
from reconciler.repo import added
from reconciler.repo.backup import Saved, read
from reconciler.repo.manifests import load
from reconciler.repo.manifests.keys import key_problem
from reconciler.repo.manifests.make import make, problems
from reconciler.repo.manifests.reserved import kept_context, kept_metadata
from reconciler.server.dialect import Dialect

MOST_SAID = 20
"""Reasons that are shown at once."""


class CannotTake(ReconcilerError):
    """The content cannot become a manifest that says the same. Nothing was written."""


class Taken(Struct, frozen=True, kw_only=True):
    """The files that were written, the manifest last, and what else there is to know."""

    files: tuple[str, ...]
    notes: tuple[str, ...]


def from_backup(repository: Repository, path: Path, *, key: str | None, version: int | None) -> Taken:
    """Write the manifest of what was live when the backup was taken, or of one of its versions.

    The files are read back by the loader before they are written: they say exactly what the backup says, or nothing
    is written. Raises BadBackup, CannotTake, UsageError, and ReconcilerError where a file is there already.
    """
    saved = read(path)
    live, row = _choose(saved, path, version)
    key = key or _key(live, path)
    wrong = key_problem(key)
    if wrong is not None:
        raise UsageError(wrong, hint="name another one: --key KEY")
    spec = _spec(row, path)
    derived = live.assistant_id == derived_id(repository.settings.owner, key)
    mark = live.mark
    listed = [deployment.name for deployment in repository.settings.deployments]
    where = (saved.deployment,) if saved.deployment in listed and len(listed) > 1 else ()
    files = make(
        key,
        spec,
        assistant_id=None if derived else live.assistant_id,
        protected=mark is not None and mark.protected,
        deployments=where,
    )
    _check(repository, files, spec, live.assistant_id)
    added.write(repository.root, files)
    managed = mark.keys if mark is not None else ()
    new = sorted(set(spec.metadata) - set(managed))
    notes = [f"metadata that git did not manage before: {', '.join(f'`{name}`' for name in new)}"] if new else []
    if where:
        notes.append(f"it is for `{saved.deployment}` alone, where it was deleted (deployments)")
    if not derived:
        notes.append("its id does not follow from this owner and key, so the manifest names it (assistant_id)")
    return Taken(files=tuple(files), notes=tuple(notes))


def _choose(saved: Saved, path: Path, version: int | None) -> tuple[Live, Version]:
    """The assistant as it was live, and the row to take: of two versions with one number the first listed."""
    dialect = Dialect(saved.server)
    dialect.observe([saved.assistant, *saved.versions])
    live = dialect.live(saved.assistant)
    if version is None:
        return live, live.row
    rows = [dialect.version_row(row) for row in saved.versions if row.get("version") == version]
    if not rows:
        known = sorted({number for row in saved.versions if isinstance(number := row.get("version"), int)})
        hint = f"it has {', '.join(map(str, known[-MOST_SAID:]))}" if known else None
        raise UsageError(f"{path} has no version {version}", hint=hint)
    return live, rows[0]


def _key(live: Live, path: Path) -> str:
    if live.mark is None:
        raise UsageError(f"{path} does not say which key the assistant had", hint="name one: --key KEY")
    return live.mark.key


def _spec(row: Version, path: Path) -> Spec:
    """The content as a manifest says it: without our marker, and what servers keep for themselves."""
    if row.residue or row.ambiguous:
        raise CannotTake(
            f"{path}: version {row.number} holds two different sets of values, in context and in config.configurable",
            hint="take another one: --version N",
        )
    content = row.spec
    spec = replace(content, context=kept_context(content.context), metadata=kept_metadata(content.metadata))
    found = problems(spec)
    if found:
        raise _cannot(found)
    return spec


def _check(repository: Repository, files: dict[str, bytes], spec: Spec, assistant_id: str) -> None:
    before = set(load(repository.tree, repository.settings).diagnostics)
    after = load(added.Overlay(repository.tree, files), repository.settings)
    new = [d for d in after.diagnostics if d.severity == "error" and d not in before]
    if new:
        raise _cannot([f"{d.message}{f' ({d.path})' if d.path not in files and d.path else ''}" for d in new])
    manifest = next(path for path in files if path.endswith(".yaml"))
    found = next((w for w in after.wanted if w.path == manifest), None)
    if found is not None:
        linted = lint(repository.settings, after).diagnostics
        secrets = [d.message for d in linted if d.severity == "error" and d.key == found.key]
        if secrets:
            raise _cannot(secrets)
    if found is None or found.assistant_id != assistant_id or not same(found.spec.as_json(), spec.as_json()):
        raise _cannot(["read back, it is not what the backup says"])


def _cannot(found: list[str]) -> CannotTake:
    more = [f"and {len(found) - MOST_SAID} more"] if len(found) > MOST_SAID else []
    return CannotTake("\n".join(["this cannot stand in a manifest, so nothing is written:", *found[:MOST_SAID], *more]))
