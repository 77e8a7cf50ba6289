"""From the words of `reconciler try` to what is asked for, and from what came of it to its renderings."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.source import Repository, Source, open_repository, read_source
from reconciler.app.targets import select
from reconciler.app.trying import LIVE, NO_TRIES, Asked, Proposed
from reconciler.cli import output
from reconciler.cli.options import Where, environ
from reconciler.errors import SettingsError, UsageError
from reconciler.model.plan import Deployment
from reconciler.model.trial import Tried
from reconciler.model.tries import Try
from reconciler.repo.input import read_input
from reconciler.repo.settings import ResolvedDeployment, Target, choose, resolve
from reconciler.repo.settings.choose import SANDBOX

Formats = Sequence[tuple[output.Kind, Path | None]]


class Words(Struct, frozen=True, kw_only=True):
    """The words of the command line that say what to try."""

    targets: tuple[str, ...]
    graphs: tuple[str, ...]
    exclude: tuple[str, ...]
    file: str | None
    stops: tuple[str, ...]
    against: str
    changed: bool
    base: str | None
    max_runs: int


class Prepared(Struct, frozen=True, kw_only=True):
    """All that is known before the first request. `trusted`: tries run there without a question."""

    source: Source
    target: ResolvedDeployment
    environ: Mapping[str, str]
    asked: Asked
    trusted: bool


class Off(Struct, frozen=True, kw_only=True):
    """Nothing is tried, and nothing was sent: the result says why."""

    tried: Tried


def prepare(where: Where, words: Words, settings_from: str | None) -> Prepared | Off:
    """Read and check everything; nothing is sent. Raises UsageError, SettingsError and InvalidSource."""
    _check(words)
    repository, env = open_repository(where.directory, settings_from), environ()
    settings = repository.settings
    named = where.deployment or _by_default(where, repository, env)
    chosen = choose(settings, env, deployment=named, url=where.url)
    source = read_source(repository, chosen.deployment.name if chosen.deployment is not None else None)
    source.require()
    sandboxed = bool(env.get(SANDBOX))  # no other address is let through there
    trusted = sandboxed or _is_named(chosen, settings.try_on)
    if words.changed and not trusted:
        return _off(repository, chosen, words, _elsewhere(chosen, settings.try_on))
    try:
        target = resolve(chosen, settings, env, send_key=where.send_key)
    except SettingsError as error:
        if not words.changed:
            raise
        return _off(repository, chosen, words, error.message)
    keyed = target.api_key is not None or bool(target.headers) or not target.api_key_names
    if words.changed and not sandboxed and not keyed:
        return _off(repository, chosen, words, f"no key is set ({target.no_key})")
    return Prepared(source=source, target=target, environ=env, asked=_asked(words, source), trusted=trusted)


def _check(words: Words) -> None:
    if not (words.targets or words.graphs or words.changed):
        raise UsageError("try runs what it is told to: a KEY, --graph or --changed", hint="all of them: '*'")
    if words.changed and words.base is None:
        raise UsageError("--changed compares with a commit", hint="name it: --changed --base main")
    if words.base is not None and not words.changed:
        raise UsageError("--base goes with --changed", hint="to see what a commit answers: --against COMMIT")
    if words.stops and words.file is None:
        raise UsageError(
            "--interrupt-before goes with --input; a try of a manifest says its own",
            hint="interrupt_before: [" + ", ".join(words.stops) + "]",
        )


def _by_default(where: Where, repository: Repository, env: Mapping[str, str]) -> str | None:
    """The deployment of `try_on`, where nothing else says which server."""
    settings = repository.settings
    said = where.url is not None or env.get("RECONCILER_URL") or len(settings.deployments) == 1
    return None if said else settings.try_on


def _is_named(chosen: Target, try_on: str | None) -> bool:
    return (
        try_on is not None and chosen.url is None and chosen.deployment is not None and chosen.deployment.name == try_on
    )


def _elsewhere(chosen: Target, try_on: str | None) -> str:
    if try_on is None:
        return "the settings name no deployment for it; `try_on: NAME` does"
    here = (
        f"this is `{chosen.deployment.name}`" if chosen.deployment is not None and chosen.url is None else "this is not"
    )
    return f"tries run on `{try_on}`, as `try_on` in the settings says, and {here}"


def _off(repository: Repository, chosen: Target, words: Words, why: str) -> Off:
    said = chosen.deployment
    deployment = Deployment(name=said.name if said is not None else None, url=chosen.url or (said.url if said else ""))
    return Off(tried=Tried(deployment=deployment, owner=repository.settings.owner, against=words.against, off=why))


def _asked(words: Words, source: Source) -> Asked:
    repository = source.repository
    keys, _ = select(
        (*source.loaded.wanted, *source.loaded.removed),
        words.targets,
        words.graphs,
        words.exclude,
        root=repository.root,
        here=Path.cwd(),
        elsewhere=source.loaded.elsewhere,
    )
    asked = Asked(keys=keys, tries=_tries(words), max_runs=words.max_runs)
    against = LIVE if words.against == LIVE else _commit(source, words.against)
    return replace(asked, against=against, changed_since=_commit(source, words.base) if words.base else None)


def _commit(source: Source, name: str) -> str:
    from reconciler.app.offline import base_commit

    return base_commit(source, name)


def _tries(words: Words) -> tuple[Try, ...] | None:
    """The one of `--input`, in place of those of the manifests."""
    if words.file is None:
        return None
    name = "(standard input)" if words.file == "-" else words.file
    try:
        data = sys.stdin.buffer.read() if words.file == "-" else Path(words.file).read_bytes()
    except OSError as error:
        raise UsageError(f"--input {name}: {error.strerror}") from None
    stops: tuple[str, ...] | Literal["*"] | None = "*" if "*" in words.stops else words.stops or None
    return (Try(name="input", input=read_input(data, name), interrupt_before=stops, path=name),)


def require(made: Proposed, asked: Asked) -> None:
    """Raises UsageError where what was named cannot be tried at all: a change of nothing is no mistake, that is one."""
    if made.pairs or asked.changed_since is not None:
        return
    whys = sorted(set(made.untried.values()))
    keys = ", ".join(f"`{key}`" for key in list(made.untried)[:3])
    hint = None
    if whys == [NO_TRIES]:
        hint = "write some under `tries:` in its manifest, or give one input: --input FILE"
    raise UsageError(f"nothing to try of {keys or 'what was named'}: {'; '.join(whys) or 'it is removed'}", hint=hint)


def render(tried: Tried, kind: output.Kind, target: Path | None, *, verbose: bool) -> str:
    """The result in one format; colour and the terminal's width only where it goes to one."""
    from reconciler.render import try_json, try_markdown, try_text

    if kind == "json":
        return try_json.tried(tried)
    if kind == "markdown":
        return try_markdown.tried(tried)
    here = target is None
    columns, paint = (output.width(sys.stdout), output.colour(sys.stdout)) if here else (80, False)
    return try_text.tried(tried, width=columns, colour=paint, verbose=verbose)


def deliver(tried: Tried, formats: Formats, *, verbose: bool) -> int:
    """The result in every format, and the exit code."""
    for kind, file in formats:
        output.emit(render(tried, kind, file, verbose=verbose), file)
    return tried.exit_code
