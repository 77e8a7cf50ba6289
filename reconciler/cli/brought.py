"""What `pull` says of the drift, or of the version, that it took into git."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence

from reconciler.app.bring import Brought, Goal, Kept, Looked
from reconciler.cli.output import say, width
from reconciler.cli.taking import difference
from reconciler.core.secrets import shown
from reconciler.model.wanted import FieldPath
from reconciler.render.escape import row, terminal
from reconciler.render.wrap import rows
from reconciler.repo.settings import ResolvedDeployment

MOST_NAMED = 10
"""Others that are named; more are counted."""

MOST_KEYS = 3
"""Assistants that a command to paste names."""


def files(brought: Brought, before: Mapping[str, bytes]) -> None:
    """Each file, and the lines of those that were there; of a new one, what it has otherwise than the one it varies."""
    for path, content in brought.files.items():
        file = brought.copies.get(path)
        _say("new     ", f"{terminal(path)}{f', in place of {terminal(file)}' if file is not None else ''}")
        if file is not None:
            _lines(before[file], content)
    for path, content in brought.edits.items():
        say(f"changed {terminal(path)}")
        _lines(before[path], content)


def assistants(looked: Looked, brought: Brought, found: ResolvedDeployment, *, drift: bool) -> None:
    """What became of each assistant, and what to do next. `drift`: it is about what is live, no older version."""
    at = terminal(f"{found.name} ({found.url})" if found.name else found.url)
    left = (*looked.left, *brought.kept)
    for key, note in looked.notes:
        _say("note    ", f"{terminal(key)}: {terminal(note)}")
    for key, why, paths in _grouped(left):
        _say("left    ", f"{terminal(key)}{', ' if paths else ''}{_fields(paths)}: {terminal(why)}")
    if brought.also:
        _say("note    ", f"this changes {_others(brought.also)} too")
    incomplete = {one.key for one in left}
    for goal in looked.goals:
        _goal(goal, taken=goal in brought.taken, incomplete=goal.wanted.key in incomplete)
    if not looked.goals and not left:
        said = "nothing to take" if looked.notes else "nothing to take: nothing was changed outside git"
        say(f"{said} on {at}")
    chosen = ["-d", found.name] if found.name else []
    if left and drift:
        keys = sorted(incomplete) if len(incomplete) <= MOST_KEYS else ["KEY"]
        say("what is left stays as git has it. To let git win over what is live:")
        say(f"  {_command('apply', *chosen, '--on-drift', 'overwrite', *keys)}")
    if brought.taken:
        say("look at the files and commit them; what they mean for the deployment:")
        say(f"  {_command('plan', *chosen)}")


def _command(*words: str) -> str:
    """A line to paste."""
    return terminal(shlex.join(["reconciler", *words]))


def _goal(goal: Goal, *, taken: bool, incomplete: bool) -> None:
    key = terminal(goal.wanted.key)
    if taken:
        part = ", but for what is left," if incomplete else ""
        _say("taken   ", f"{key}: the files{part} now say what {goal.said} does")
    elif not incomplete:
        _say("note    ", f"{key}: git says the same as {goal.said} already")
    if goal.both:
        said = f"{key}: git has changed {_fields(goal.both)} too since it was last applied; that is overwritten"
        _say("note    ", said)
    if goal.kept:
        said = f"{key}: git has changed {_fields(goal.kept)} since it was last applied; that stays as git has it"
        _say("note    ", said)


def _grouped(left: Iterable[Kept]) -> list[tuple[str, str, list[FieldPath]]]:
    """Fields of one assistant that are left for one reason, together."""
    found: dict[tuple[str, str], list[FieldPath]] = {}
    for one in left:
        found.setdefault((one.key, one.why), []).extend([one.path] if one.path else [])
    return [(key, why, paths) for (key, why), paths in found.items()]


def _others(also: Mapping[str, Sequence[str | None]]) -> str:
    keys = sorted(also)
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return ", ".join(_other(key, also[key]) for key in keys[:MOST_NAMED]) + more


def _other(key: str, names: Sequence[str | None]) -> str:
    listed = [terminal(name) for name in names if name is not None]
    return f"{terminal(key)} ({', '.join(listed)})" if listed else terminal(key)


def _fields(paths: Sequence[FieldPath]) -> str:
    """Their names, but for one that is a secret itself."""
    return ", ".join(terminal(shown(path)) for path in paths)


def _lines(before: bytes, after: bytes) -> None:
    for line in difference(before, after):
        say(row(f"  {terminal(line)}"))


def _say(head: str, text: str) -> None:
    """Wrapped below its head on a terminal; in a pipe one line, however long."""
    room = width(sys.stderr) - len(head) if sys.stderr.isatty() else len(text) * 2
    first, *others = rows(text, room)
    say(row(f"{head}{first}"))
    for line in others:
        say(row(f"{' ' * len(head)}{line}"))
