"""What `pull --new` and `import` share: look, ask where it is much, write, and say what was written."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable

import click

from reconciler.app import take
from reconciler.app.session import connect, target
from reconciler.app.source import open_repository, read_source
from reconciler.app.take import Chosen, Takings
from reconciler.cli.options import Where, environ
from reconciler.cli.output import progress, say
from reconciler.errors import UsageError
from reconciler.render.escape import row, terminal


def chosen(graphs: Iterable[str], names: Iterable[str], metadata: Iterable[str]) -> Chosen:
    """The words of the command line. Raises UsageError."""
    pairs: dict[str, str] = {}
    for word in metadata:
        name, separator, value = word.partition("=")
        if not (name and separator):
            raise UsageError(f"--metadata {word}: write it as KEY=VALUE")
        if pairs.setdefault(name, value) != value:
            raise UsageError(f"--metadata {name} is given with two values, and an assistant has one")
    return Chosen(graphs=frozenset(graphs), names=tuple(names), metadata=pairs)


def run(where: Where, wanted: Chosen, *, yes: bool, verbose: bool) -> int:
    """The exit code: 1 where something had to be left alone."""
    repository, env = open_repository(where.directory), environ()
    found = target(repository.settings, env, deployment=where.deployment, url=where.url, send_key=where.send_key)
    source = read_source(repository, found.name)
    with connect(found, repository.root, env, write=False) as session:
        progress(verbose)(f"listing the assistants of {found.url}")
        takings = take.find(source, session, wanted)
    at = terminal(f"{found.name} ({found.url})" if found.name else found.url)
    if not takings.taken and not takings.left:
        say(f"nothing to take: {at} has no such assistant that nobody manages")
        return 0
    take.check(repository.root, takings)
    if len(takings.taken) > take.MANY and not yes and not _confirmed(takings, at):
        say("nothing was written: the answer was not yes")
        return 1
    before = {path: (repository.root / path).read_bytes() for path in takings.edits}
    take.write(repository.root, takings)
    _tell(takings, before, at)
    return 1 if takings.left else 0


def _confirmed(takings: Takings, at: str) -> bool:
    count = len(takings.taken)
    if not sys.stdin.isatty():
        raise UsageError(
            f"{count} assistants are more than {take.MANY}, so this asks first, and this is no terminal",
            hint="to write them without asking: -y; or fewer: --graph G, --name GLOB, --metadata KEY=VALUE",
        )
    graphs = sorted({one.graph_id for one in takings.taken})
    say(f"{at} has {count} assistants that nobody manages, of {_count(len(graphs), 'graph')}:")
    for graph in graphs:
        say(f"  {sum(one.graph_id == graph for one in takings.taken):5} {terminal(graph)}")
    return click.confirm("Write a manifest for each?", default=False, err=True)


def _tell(takings: Takings, before: dict[str, bytes], at: str) -> None:
    for path in takings.files:
        say(f"new     {terminal(path)}")
    for path, content in takings.edits.items():
        say(f"changed {terminal(path)}")
        for line in difference(before[path], content):
            say(row(f"  {terminal(line)}"))
    for one in takings.left:
        say(f"left    {terminal(one.name)} ({terminal(one.assistant_id)}): {terminal(one.why)}")
    for note in takings.notes:
        say(f"note: {terminal(note)}")
    joined = sum(one.joined for one in takings.taken)
    parts = [f"{_count(len(takings.taken), 'assistant')} taken from {at}"]
    if joined:
        parts.append(f"{joined} of them into a manifest that was there")
    if takings.left:
        parts.append(f"{len(takings.left)} left alone")
    say(", ".join(parts))
    if takings.left:
        say("what is left alone can be corrected on the server and taken then, or be written by hand")
    if takings.taken:
        say("`reconciler plan` counts them as adopted; look at the files, and commit them")


def difference(before: bytes, after: bytes) -> Iterable[str]:
    """The lines that go and come, each with those around it."""
    old, new = (content.decode("utf-8", "replace").splitlines() for content in (before, after))
    return [line for line in difflib.unified_diff(old, new, n=1, lineterm="") if not line.startswith(("---", "+++"))]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
