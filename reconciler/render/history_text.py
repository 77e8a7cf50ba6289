"""The versions of an assistant for a terminal, newest first: at most `width` columns, and nothing that steers it."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import FieldChange
from reconciler.model.marker import Marker
from reconciler.model.versions import Told, Versions
from reconciler.render import values, words
from reconciler.render.changes import say_detail
from reconciler.render.detail import details
from reconciler.render.drift_words import short
from reconciler.render.escape import terminal
from reconciler.render.rows import Rows
from reconciler.render.text import WIDTH
from reconciler.render.when import when


def history(versions: Versions, *, width: int = WIDTH, colour: bool = False, verbose: bool = False) -> str:
    """Each version: its number (`*` is live), when, from which commit, what it changed; with `verbose` how. Raises
    nothing."""
    rows = Rows(width, colour=colour)
    live = versions.live
    name = f"Assistant {versions.key}" if versions.key is not None else f"Assistant '{live.row.spec.name}'"
    rows.say(terminal(f"{name}, {live.assistant_id}"), "title", hang=2)
    rows.say(terminal(words.where(versions.deployment)), hang=2)
    rows.blank()
    room = max((len(str(told.row.number)) for told in versions.told), default=1)
    for told in versions.told:
        _version(rows, versions, told, room, verbose=verbose)
    rows.blank()
    if versions.differs:
        said = (
            f"What is live is not quite version {live.row.number}, which this server restored in part. It differs in: "
        )
        rows.say(said + _names(versions.differs), "warning", hang=2)
    rows.say(_last(versions), "title", hang=2)
    return rows.text()


def _version(rows: Rows, versions: Versions, told: Told, room: int, *, verbose: bool) -> None:
    active = told.row.number == versions.live.row.number
    sign = "*" if active else " "
    rows.say(
        terminal(f"{sign} {told.row.number:>{room}}  {when(told.row.created_at)}  {_source(told, versions)}"),
        "good" if active else "plain",
        hang=room + 4,
    )
    indent = room + 4
    rows.say(_changed(told), "faint", indent=indent, hang=2)
    if verbose:
        for field in told.fields:
            for detail in details(field):
                say_detail(rows, detail, create=False, verbose=True)
        rows.blank()


def _source(told: Told, versions: Versions) -> str:
    """Whose version it is; not yet escaped."""
    marker = told.row.marker
    if not told.ours or marker is None:
        return "outside git"
    rolled = "rollback, while git was at " if told.rollback and marker.commit is not None else ""
    rolled = rolled or ("rollback, " if told.rollback else "")
    return rolled + _commit(marker, versions)


def _commit(marker: Marker, versions: Versions) -> str:
    path = f" ({marker.path})" if marker.path else ""
    if marker.commit is None:
        return f"from git, which commit is not known{path}"
    commit = marker.commit.removesuffix("-dirty")
    subject = versions.subjects.get(commit)
    dirty = ", and files that were not committed" if commit != marker.commit else ""
    return f"{short(commit)}{f' {subject}' if subject else ''}{dirty}{path}"


def _changed(told: Told) -> str:
    """What it changed, by name. Safe for a terminal."""
    if told.first:
        return "the first version"
    if told.fields:
        return f"changed {_names(told.fields)}"
    if told.relabelled:
        return "changed only the notes that this tool keeps in its metadata"
    return "changed nothing"


def _names(fields: Iterable[FieldChange]) -> str:
    return ", ".join(dict.fromkeys(values.label(field.path) for field in fields))


def _last(versions: Versions) -> str:
    said = f"Version {versions.live.row.number} is live."
    if not versions.older:
        return said
    most = len(versions.told) + versions.older
    number = words.counted(versions.older, "older version")
    exact = "is" if versions.older == 1 else "are"
    there = f"{number} {exact} not shown" if versions.exact else f"Up to {number} are not shown"
    return f"{said} {there}: --limit {most}."
