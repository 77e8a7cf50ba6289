"""What `plan` and `apply` share: from the command line's words to a source, options, and a rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.targets import select
from reconciler.cli.options import Where, environ
from reconciler.cli.output import Kind, colour, width
from reconciler.core.guards import NAMES, Limits
from reconciler.core.plan import Options
from reconciler.errors import UsageError
from reconciler.model.plan import Plan
from reconciler.model.wanted import OnDrift
from reconciler.render import json, markdown, text
from reconciler.repo.settings import ResolvedDeployment, choose, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of the command line that say what to plan."""

    targets: tuple[str, ...]
    graphs: tuple[str, ...]
    exclude: tuple[str, ...]
    prune: bool | None
    on_drift: str | None
    allow: tuple[str, ...]
    allow_delete: tuple[str, ...]
    adopt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that is known before the first request: what git says, which server, and how to plan."""

    source: Source
    target: ResolvedDeployment
    options: Options
    environ: Mapping[str, str]


def prepare(where: Where, asked: Asked) -> Prepared:
    """Read and check everything; nothing is sent. Raises InvalidSource before it asks for any variable, then
    UsageError and SettingsError."""
    repository, env = open_repository(where.directory), environ()
    chosen = choose(repository.settings, env, deployment=where.deployment, url=where.url)
    source = read_source(repository, chosen.deployment.name if chosen.deployment is not None else None)
    source.require()
    target = resolve(chosen, repository.settings, env, send_key=where.send_key)
    return Prepared(source=source, target=target, options=options(asked, source, prune=target.prune), environ=env)


def options(asked: Asked, source: Source, *, prune: bool) -> Options:
    """How to plan. `prune` is what the deployment's settings say. Raises UsageError."""
    narrowed = bool(asked.targets or asked.graphs or asked.exclude)
    if narrowed and asked.prune:
        raise UsageError(
            "--prune looks at everything, so it cannot be used together with KEY, --graph or --exclude",
            hint="leave one of them out",
        )
    for name in asked.allow:
        if name not in NAMES:
            raise UsageError(f"--allow {name}: there is no such guard", hint=f"the guards: {', '.join(NAMES)}")
    settings = source.repository.settings
    selected, named = select(
        source.loaded.wanted,
        asked.targets,
        asked.graphs,
        asked.exclude,
        root=source.repository.root,
        here=Path.cwd(),
    )
    return Options(
        prune=prune if asked.prune is None else asked.prune,
        adopt=asked.adopt,
        on_drift=OnDrift(asked.on_drift) if asked.on_drift else None,
        default_on_drift=settings.on_drift or OnDrift.OVERWRITE,
        selected=selected,
        named=named,
        allow=frozenset(asked.allow),
        allow_delete=frozenset(asked.allow_delete),
        limits=Limits(
            max_deletes=settings.guards.max_deletes,
            max_delete_percent=settings.guards.max_delete_percent,
            max_update_percent=settings.guards.max_update_percent,
        ),
    )


def render_plan(plan: Plan, kind: Kind, target: Path | None, *, verbose: bool) -> str:
    """The plan in one format; colour and the terminal's width only where it goes to one."""
    import sys

    match kind:
        case "text":
            here = target is None
            columns, paint = (width(sys.stdout), colour(sys.stdout)) if here else (80, False)
            return text.plan(plan, width=columns, colour=paint, verbose=verbose)
        case "json":
            return json.plan(plan)
        case "markdown":
            return markdown.plan(plan)
        case _:
            assert_never(kind)
