"""What `pull --drift` and `pull KEY@N` share: look, work out the files, write them, and say what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reconciler.app import bring
from reconciler.app.bring import Brought, Goal
from reconciler.app.observe import inputs, make_plan
from reconciler.app.session import Session, connect, target
from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.targets import select
from reconciler.cli.options import Where, environ
from reconciler.cli.output import progress, say
from reconciler.cli.taking import difference
from reconciler.core.plan import Options
from reconciler.errors import UsageError
from reconciler.model.wanted import OnDrift
from reconciler.render.escape import row, terminal
from reconciler.render.values import label

_VERSION = re.compile(r"(.+)@([0-9]+)\Z")


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
            goals = [_version(source, session, versions[0][1], int(versions[0][2]))]
        else:
            progress(verbose)(f"comparing with {found.url}")
            goals = _drifted(source, session, targets)
    at = terminal(f"{found.name} ({found.url})" if found.name else found.url)
    if not goals:
        say(f"nothing to take: nothing was changed outside git on {at}")
        return 0
    brought = bring.bring(repository, found.name, goals, shared=shared)
    before = {path: repository.tree.read(path) for path in brought.edits}
    bring.put(repository.root, brought)
    _tell(goals, brought, before, at)
    return 1 if brought.kept else 0


def _drifted(source: Source, session: Session, targets: Sequence[str]) -> list[Goal]:
    wanted = source.loaded.wanted
    selected, named = select(wanted, targets, (), (), root=source.repository.root, here=Path.cwd())
    # Held or not: what was changed outside git is wanted, whatever the policy does about it.
    options = Options(on_drift=OnDrift.HOLD, selected=selected)
    found = bring.drifted(make_plan(inputs(source, session, None), session, options))
    for key in sorted(named - {goal.wanted.key for goal in found}):
        say(f"{terminal(key)}: nothing was changed outside git")
    return found


def _version(source: Source, session: Session, word: str, number: int) -> Goal:
    wanted = source.loaded.wanted
    keys, _ = select(wanted, (word,), (), (), root=source.repository.root, here=Path.cwd())
    chosen = [one for one in wanted if keys is not None and one.key in keys]
    if len(chosen) > 1:
        raise UsageError(f"{word} is {len(chosen)} assistants, and a version is of one")
    history = session.reader.history(chosen[0].assistant_id, 10, lambda rows: any(r.number <= number for r in rows))
    version = next((r for r in history.rows if r.number == number), None)
    if version is None:
        newest = ", ".join(str(r.number) for r in history.rows[:5]) or "none"
        raise UsageError(
            f"assistant `{chosen[0].key}` has no version {number} there", hint=f"its newest versions: {newest}"
        )
    return bring.version(chosen[0], version)


def _tell(goals: Sequence[Goal], brought: Brought, before: dict[str, bytes], at: str) -> None:
    for path in brought.files:
        say(f"new     {terminal(path)}")
    for path, content in brought.edits.items():
        say(f"changed {terminal(path)}")
        for line in difference(before[path], content):
            say(row(f"  {terminal(line)}"))
    for one in brought.kept:
        say(f"left    {terminal(one.key)}, {label(one.path)}: {terminal(one.why)}")
    for name, keys in brought.also.items():
        shown = ", ".join(terminal(key) for key in keys)
        say(f"note: this changes {shown} too{f', in {terminal(name)}' if name else ''}")
    for goal in brought.taken:
        say(f"{terminal(goal.wanted.key)}: {goal.said} is in the files now")
    same = [
        goal for goal in goals if goal not in brought.taken and not any(k.key == goal.wanted.key for k in brought.kept)
    ]
    for goal in same:
        say(f"{terminal(goal.wanted.key)}: git says the same as {goal.said} already")
    if brought.kept:
        say(
            "what is left stays as git has it: write it by hand, or let git win: "
            "`reconciler apply --on-drift overwrite KEY`"
        )
    if brought.taken:
        say(f"look at the files and commit them; `reconciler plan` shows what they mean for {at}")
