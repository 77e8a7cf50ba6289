"""What `pull --drift` and `pull KEY@N` share: look, work out the files, write them, and say what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reconciler.app import bring
from reconciler.app.bring import Goal, Looked
from reconciler.app.observe import inputs
from reconciler.app.session import Session, connect, target
from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.targets import select
from reconciler.cli import brought as told
from reconciler.cli.options import Where, environ
from reconciler.cli.output import progress
from reconciler.errors import UsageError

_VERSION = re.compile(r"(.+)@([0-9]{1,9})\Z")


def run(where: Where, targets: Sequence[str], *, shared: bool, verbose: bool) -> int:
    """The exit code: 1 where something could not be written."""
    repository, env = open_repository(where.directory), environ()
    found = target(repository.settings, env, deployment=where.deployment, url=where.url, send_key=where.send_key)
    source = read_source(repository, found.name)
    source.require()
    versions = [match for word in targets if (match := _VERSION.match(word)) is not None]
    if versions and len(targets) > 1:
        raise UsageError("pull KEY@N takes one version of one assistant", hint="leave the others out")
    with connect(found, repository.root, env, write=False) as session:
        if versions:
            looked = Looked(goals=(_version(source, session, versions[0][1], int(versions[0][2])),))
        else:
            selected, _ = select(source.loaded.wanted, targets, (), (), root=repository.root, here=Path.cwd())
            looked = bring.drifted(inputs(source, session, None), session, selected, progress(verbose))
    brought = bring.bring(repository, found.name, looked.goals, shared=shared)
    before = {path: repository.tree.read(path) for path in (*brought.edits, *brought.copies.values())}
    bring.put(repository.root, brought)
    told.files(brought, before)
    told.assistants(looked, brought, found, drift=not versions)
    return 1 if looked.left or brought.kept else 0


def _version(source: Source, session: Session, word: str, number: int) -> Goal:
    wanted = source.loaded.wanted
    keys, _ = select(wanted, (word,), (), (), root=source.repository.root, here=Path.cwd())
    chosen = [one for one in wanted if keys is not None and one.key in keys]
    if len(chosen) > 1:
        raise UsageError(f"{word} is {len(chosen)} assistants, and a version is of one", hint="name it by its key")
    return bring.version(session, chosen[0], number)
