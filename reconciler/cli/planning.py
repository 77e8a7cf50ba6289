"""What `plan` and `apply` share: from the command line's words to a source, options, and a rendering."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.targets import select
from reconciler.cli.options import Where, environ
from reconciler.cli.output import Kind, check_writable, colour, width
from reconciler.core.guards import NAMES, Limits
from reconciler.core.plan import Options
from reconciler.errors import UsageError
from reconciler.model.plan import Plan
from reconciler.model.saved import SavedPlan
from reconciler.model.trial import Tried
from reconciler.model.wanted import OnDrift
from reconciler.repo.settings import ResolvedDeployment, choose, resolve

ENDING = ".json"
"""By which a saved plan is told from a KEY."""


_RENDERERS: Mapping[Kind, tuple[str, str]] = {
    "json": ("json", "plan"),
    "markdown": ("markdown", "plan"),
    "comment": ("comment", "plan"),
    "summary": ("comment", "summary"),
    "html": ("page", "plan"),
}


class Asked(Struct, frozen=True, kw_only=True):
    """The words of the command line that say what to plan."""

    targets: tuple[str, ...]
    graphs: tuple[str, ...]
    exclude: tuple[str, ...]
    prune: bool | None
    on_drift: str | None
    allow: tuple[str, ...]
    allow_delete: tuple[str, ...]
    adopt: bool = False
    on_drift_default: str | None = None
    base: str | None = None


def narrowing(targets: Iterable[str], graphs: Iterable[str], exclude: Iterable[str]) -> Asked:
    """The words of a command that only looks at assistants."""
    return Asked(
        targets=tuple(targets),
        graphs=tuple(graphs),
        exclude=tuple(exclude),
        prune=None,
        on_drift=None,
        allow=(),
        allow_delete=(),
    )


class Prepared(Struct, frozen=True, kw_only=True):
    """All that is known before the first request: what git says, which server, how to plan, and the saved plan where
    one is applied."""

    source: Source
    target: ResolvedDeployment
    options: Options
    environ: Mapping[str, str]
    saved: SavedPlan | None = None
    base: str | None = None


def prepare(where: Where, asked: Asked, *, takes_file: bool = False, settings_from: str | None = None) -> Prepared:
    """Read and check everything; nothing is sent. Raises InvalidSource before it asks for any variable, then
    UsageError and SettingsError. With `takes_file` the only target may be a saved plan."""
    repository, env = open_repository(where.directory, settings_from), environ()
    chosen = choose(repository.settings, env, deployment=where.deployment, url=where.url)
    source = read_source(repository, chosen.deployment.name if chosen.deployment is not None else None)
    source.require()
    base = _base(source, asked.base) if asked.base is not None else None
    file = planfile(asked, source) if takes_file else None
    saved = _saved(file) if file is not None else None
    target = resolve(chosen, repository.settings, env, send_key=where.send_key)
    if file is None or saved is None:
        planned = options(asked, source, prune=target.prune)
        return Prepared(source=source, target=target, options=planned, environ=env, base=base)
    from reconciler.app.saved import options as saved_options
    from reconciler.app.saved import require_here

    require_here(saved, repository.settings.owner, target)
    given = options(replace(asked, targets=()), source, prune=target.prune)
    again = saved_options(saved, given, file)
    return Prepared(source=source, target=target, options=again, environ=env, saved=saved, base=base)


def without_server(where: Where, asked: Asked) -> Plan:
    """The plan from `--base` to the tree. Asks nobody, and reads no variable. Raises UsageError and InvalidSource."""
    from reconciler.app.offline import base_commit, offline

    if where.url is not None or where.send_key:
        raise UsageError("--offline asks no server, so --url and --send-key say nothing")
    if asked.base is None:
        raise UsageError("--offline compares with a commit", hint="name it: --offline --base main")
    repository = open_repository(where.directory)
    listed = repository.settings.deployments
    chosen = choose(repository.settings, {}, deployment=where.deployment).deployment if listed else None
    name = chosen.name if chosen is not None else None
    source = read_source(repository, name)
    source.require()
    planned = options(asked, source, prune=chosen.prune if chosen is not None else False)
    url = chosen.url if chosen is not None else ""
    return offline(source, name, url, base_commit(source, asked.base), planned)


def _base(source: Source, name: str) -> str:
    from reconciler.app.offline import base_commit

    return base_commit(source, name)


def _saved(file: Path) -> SavedPlan:
    from reconciler.app.planfile import read

    return read(file)


def planfile(asked: Asked, source: Source) -> Path | None:
    """The saved plan that the command line names: its only target, where that ends in `.json` and is a file that no
    manifest reads. Raises UsageError where it could be something else too, or is not there."""
    targets = asked.targets
    files = [target for target in targets if target.endswith(ENDING) and not _is_ours(target, source)]
    if not files:
        return None
    file = Path(files[0])
    keys = {want.key for want in source.loaded.wanted}
    if files[0] in keys:
        if file.is_file():
            raise UsageError(
                f"{file} is both a file and an assistant", hint=f"the saved plan: ./{file}; the assistant: its manifest"
            )
        return None
    if any(fnmatchcase(key, files[0]) for key in keys):
        return None
    if not file.is_file():
        raise UsageError(f"there is no file {file}, and no assistant of that name in assistants/")
    if len(targets) > 1 or asked.graphs or asked.exclude:
        raise UsageError(
            f"{file} is a saved plan, which says itself which assistants it is about",
            hint="leave out KEY, --graph and --exclude, or plan again with them",
        )
    return file


def check_out(out: Path, formats: Iterable[tuple[Kind, Path | None]]) -> None:
    """Raises UsageError where a saved plan cannot be written there, or could not be named to apply."""
    if out.suffix != ENDING:
        raise UsageError(f"--out {out}: a saved plan is a {ENDING} file, by which apply knows it")
    if any(file is not None and file.absolute() == out.absolute() for _, file in formats):
        raise UsageError(f"--out and --format both write {out}")
    check_writable(out)


def write(out: Path, content: bytes) -> None:
    """Raises UsageError where it cannot be written."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from None


def _is_ours(target: str, source: Source) -> bool:
    """Whether a manifest is, or reads, the file of that name."""
    root = source.repository.root.absolute()
    names = {Path.cwd() / target, root / target}
    paths = {os.path.normpath(root / path) for want in source.loaded.wanted for path in (want.path, *want.files)}
    return any(os.path.normpath(name) in paths for name in names)


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
        (*source.loaded.wanted, *source.loaded.removed),
        asked.targets,
        asked.graphs,
        asked.exclude,
        root=source.repository.root,
        here=Path.cwd(),
        elsewhere=source.loaded.elsewhere,
    )
    return Options(
        prune=prune if asked.prune is None else asked.prune,
        adopt=asked.adopt,
        on_drift=OnDrift(asked.on_drift) if asked.on_drift else None,
        default_on_drift=settings.on_drift or OnDrift(asked.on_drift_default or OnDrift.OVERWRITE),
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


def read_tries(file: Path) -> Tried:
    """What was tried. Raises UsageError."""
    from reconciler.app.tried import read

    return read(file)


def tries_of(tried: Tried, plan: Plan, file: Path, where: Where, settings_from: str | None) -> Tried | None:
    """What there is to show of it beside this plan; None where nothing was to be tried. Raises UsageError where it is
    of something else."""
    from reconciler.app.tried import require_of

    require_of(tried, plan, file)
    settings = open_repository(where.directory, settings_from).settings
    asked_for = settings.try_on is not None and settings.try_on == plan.deployment.name
    return tried if tried.off is None or asked_for else None


def render_plan(
    plan: Plan, kind: Kind, target: Path | None, *, verbose: bool, tried: Tried | None = None
) -> str | Iterable[str]:
    """The plan in one format, whole or in pieces; colour and the terminal's width only where it goes to one. A renderer
    is imported where it is asked for."""
    if kind == "text":
        from reconciler.render import text

        here = target is None
        columns, paint = (width(sys.stdout), colour(sys.stdout)) if here else (80, False)
        return text.plan(plan, tried=tried, width=columns, colour=paint, verbose=verbose)
    module, name = _RENDERERS[kind]
    rendered: str | Iterable[str] = getattr(importlib.import_module(f"reconciler.render.{module}"), name)(
        plan, tried=tried
    )
    return rendered
