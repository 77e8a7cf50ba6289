"""What `init` does, step by step, and says while it does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct, field

from reconciler.app import take
from reconciler.app.editor import editor_files
from reconciler.app.init import around as frame
from reconciler.app.init import ci, example, found, server
from reconciler.app.init.begin import Start, fresh
from reconciler.app.init.place import Place
from reconciler.app.init.place import owner as proposed
from reconciler.app.init.put import NewFile, Put, put
from reconciler.app.init.tool import Tool
from reconciler.app.session import Session
from reconciler.app.source import Repository, open_repository, read_source
from reconciler.cli.asking import Asking
from reconciler.cli.output import say, show_diagnostics
from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic
from reconciler.render.escape import terminal
from reconciler.repo.manifests import FOLDER


class Done(Struct):
    """What was written so far, and what was found wrong on the way. `raw` are files with carriage returns in them."""

    new: int = 0
    failed: bool = False
    notes: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def tell(self, files: Iterable[Put]) -> None:
        """Each file as it is written, or that it is there; what one lacks is shown below it."""
        for one in files:
            say(f"{one.became:8}{terminal(one.path)}")
            self.new += one.became == "new"
            if one.add is not None:
                say("        left as it is; to be added by hand:")
                for line in one.add.splitlines():
                    say(f"          {terminal(line)}")

    def found(self, diagnostics: Iterable[Diagnostic]) -> None:
        shown = tuple(diagnostics)
        show_diagnostics(shown)
        self.failed |= any(d.severity == "error" for d in shown)


@contextmanager
def halfway() -> Iterator[Done]:
    """A run whose failure says that what it wrote so far stays."""
    done = Done()
    try:
        yield done
    except ReconcilerError as error:
        if done.new:
            stays = "what is named above was written and stays; `reconciler init` again goes on from there"
            error.hint = f"{error.hint}\n{stays}" if error.hint else stays
        raise


def choose(
    where: Place,
    environ: Mapping[str, str],
    asking: Asking,
    *,
    owner: str | None,
    deployment: str | None,
    url: str | None,
) -> Start:
    """New settings: the server from the command line, or one that is there and that somebody said yes to."""
    given_by = "--url"
    if url is None:
        candidate = found.candidate(environ)
        if candidate is not None and asking.use(candidate):
            url, given_by = candidate.url, candidate.given_by
    owner = asking.owner(proposed(where)) if owner is None else owner
    return fresh(owner, deployment=deployment, url=url, given_by=given_by)


def settings(done: Done, where: Place, start: Start, session: Session | None) -> Repository:
    """reconciler.yaml, with what the server says of itself."""
    entry = server.entry(session) if session is not None else None
    done.tell(put(where.top, [start.file(where, entry)]))
    return open_repository(where.folder)


def fetch(done: Done, where: Place, repository: Repository, session: Session) -> None:
    """The schemas of the server's graphs."""
    fetched = server.fetch(repository, session, where.prefix)
    done.tell(fetched.files)
    done.found(fetched.diagnostics)
    count = server.owned(session, repository.settings.owner)
    if count:
        name = repository.settings.owner
        done.notes.append(
            f"`{name}` manages {count} assistant{'' if count == 1 else 's'} there already: go on only if this "
            "repository takes the place of the one that does"
        )


def bring_in(
    done: Done,
    where: Place,
    repository: Repository,
    session: Session,
    asking: Asking,
    said: bool | None,
    *,
    named: bool,
) -> None:
    """Manifests for the server's assistants that nobody manages, after a question."""
    takings = take.find(read_source(repository, session.deployment.name), session)
    count, name = len(takings.taken), session.deployment.name
    if takings.edits:  # this command changes no file
        done.notes.append(
            f"{count} of the server's assistants stay out of git, since some belong into manifests that are there: "
            f"`reconciler import -d {name}` takes them"
        )
    elif asking.take(takings.taken, said, named=named):
        take.write(repository.root, takings)
        done.tell(Put(path=where.prefix + path, became="new") for path in sorted(takings.files))
        done.raw = [path for path, content in takings.files.items() if b"\r" in content]
        done.notes += takings.notes
    elif takings.taken:
        done.notes.append(
            f"{count} of the server's assistants stay out of git: `reconciler import -d {name}` takes them"
        )
    for one in takings.left:
        done.notes.append(f"`{one.name}` ({one.assistant_id}) stays out of git: {one.why}")


def around(done: Done, where: Place, repository: Repository, start: Start, asked: ci.Kind | None, tool: Tool) -> None:
    """An example where there is nothing, and all that stands around the manifests."""
    if start.server is None and not start.settings.deployments:
        done.tell(put(where.top, example.files(repository.tree, where.prefix)))
    done.tell(put(where.top, frame.editor(where, editor_files(repository))))
    if not repository.tree.folder_exists(FOLDER):
        done.tell(put(where.top, [NewFile(f"{where.prefix}{FOLDER}/.gitkeep", b"")]))
    kind = asked or ci.kind_of(where)
    targets = start.for_ci
    done.tell(put(where.top, frame.files(where, kind, tool, done.raw)))
    written = list(put(where.top, ci.files(kind, where, tool, targets)))
    done.tell(written)
    new = [one.path for one in written if one.became == "new"]
    done.notes += ci.notes(kind, asked, where, tool, targets, new)


def next_steps(done: Done, start: Start) -> None:
    """What there is to know, and what to do now."""
    for note in done.notes:
        say(f"note: {terminal(note)}")
    if not done.new:
        say("all of it is there: nothing was written")
        return
    say("next:")
    if start.server is None and not start.settings.deployments:
        say("  reconciler validate")
        say("  reconciler sandbox -- reconciler plan    a server of its own, gone afterwards")
        say(f"  reconciler new KEY --graph {example.GRAPH}       another manifest")
    else:
        say("  look at it, and commit it")
        say("  reconciler new KEY --graph GRAPH         another manifest")
        say("  reconciler plan                          after each change: what apply would do")
