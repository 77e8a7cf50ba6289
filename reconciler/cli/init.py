"""`reconciler init`: makes a folder a repository of assistants, from a running server where there is one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.app.init.ci import Kind


@click.command()
@click.option(
    "-C",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder that gets reconciler.yaml, assistants/ and schemas/.",
)
@click.option("--url", metavar="URL", help="The running server to begin with.")
@click.option("-d", "--deployment", metavar="NAME", help="What that server is called here.")
@click.option("--owner", metavar="NAME", help="The name under which this repository manages assistants, for good.")
@click.option("--import/--no-import", "take", default=None, help="Whether the server's assistants come into git.")
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), help="Whose workflows; else, where `origin` is.")
@click.option("--tool", metavar="SPEC", help="What CI installs with pip; else what this was installed from.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask: take what is proposed.")
@click.pass_context
def init(
    context: click.Context,
    directory: Path,
    url: str | None,
    deployment: str | None,
    owner: str | None,
    take: bool | None,
    ci: Kind | None,
    tool: str | None,
    yes: bool,
) -> int:
    """Make this folder a repository of assistants.

    With a server: the schemas of its graphs, and its assistants in git as they are live. Without one: a small
    example. Nothing is written to a server, and no file is overwritten: one that is there is named and left alone.
    Run again, it adds what is missing.
    """
    from reconciler.app.init import place
    from reconciler.app.init import tool as tools
    from reconciler.app.init.begin import existing
    from reconciler.app.init.server import visit
    from reconciler.cli import beginning
    from reconciler.cli.asking import Asking
    from reconciler.cli.plan import plan

    asking, environ = Asking(yes=yes), options.environ()
    where = place.look(directory)
    installed = tools.asked(tool) if tool is not None else tools.installed()
    start = existing(where, deployment=deployment, url=url)
    if start is None:
        start = beginning.choose(where, environ, asking, owner=owner, deployment=deployment, url=url)
    with ExitStack() as stack, beginning.halfway() as done:
        session = None
        if start.server is not None:
            session = stack.enter_context(visit(where.folder, start.settings, start.server.name, environ))
        repository = beginning.settings(done, where, start, session)
        if session is not None:
            beginning.fetch(done, where, repository, session)
            beginning.bring_in(done, where, repository, session, asking, take, named=url is not None)
        beginning.around(done, where, repository, start, ci, installed)
    code = 1 if done.failed else 0
    if start.server is not None:
        code = max(code, context.invoke(plan, directory=where.folder, deployment=start.server.name))
    beginning.next_steps(done, start)
    return code
