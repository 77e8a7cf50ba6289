"""From what git wants and a session to a plan: list, compare, look up what differs, plan. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from reconciler.app.base import Past
from reconciler.app.live_schemas import check_against_server
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.core import lookup
from reconciler.core.compare import Comparison, Pair, compare
from reconciler.core.plan import Observed, Options, plan
from reconciler.core.state import Base
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import History, Live
from reconciler.model.plan import Plan
from reconciler.model.wanted import Wanted
from reconciler.server.reader import Reader

LOOKUPS = 8
"""Histories read side by side."""


def no_base(pair: Pair, history: History) -> Base:
    """B where there is no git to ask."""
    return Base(complete=False, why="there is no git history to compare with")


def nothing_to_check(lives: Sequence[Live], keys: Sequence[str]) -> list[Diagnostic]:
    """Where no schema is known."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What git says, apart from where it was read. `base_of` gives B of one assistant; `check` the diagnostics about
    those that may be written, from what the server serves: the errors among them hold single assistants back."""

    owner: str
    wanted: Sequence[Wanted]
    base_of: Callable[[Pair, History], Base] = no_base
    check: Callable[[Sequence[Live], Sequence[str]], list[Diagnostic]] = nothing_to_check
    diagnostics: tuple[Diagnostic, ...] = ()
    commit: str | None = None
    base: str | None = None


def inputs(source: Source, session: Session, commit: str | None) -> Inputs:
    """A source as inputs. Raises InvalidSource: a file that cannot be read is never taken for a deletion."""
    source.require()
    repository = source.repository
    past = Past(repository, source.loaded.wanted)
    return Inputs(
        owner=repository.settings.owner,
        wanted=source.loaded.wanted,
        base_of=lambda pair, history: past.base(repository.settings.owner, pair, history),
        check=lambda lives, keys: check_against_server(source, session.reader, lives, keys),
        diagnostics=source.diagnostics,
        commit=commit,
        base=repository.git.parent() if repository.git is not None else None,
    )


def make_plan(
    given: Inputs, session: Session, options: Options, progress: Callable[[str], None] = lambda line: None
) -> Plan:
    """The plan for one server. Raises ServerError; refuses single assistants by diagnostics."""
    progress(f"listing the assistants of {session.deployment.url}")
    lives = session.reader.assistants()
    comparison = compare(given.owner, given.wanted, lives)
    pairs = [p for p in comparison.differs if _selected(options, p.wanted.key)]
    if pairs:
        progress(f"reading the history of {len(pairs)} that differ{'s' if len(pairs) == 1 else ''}")
    histories = _histories(session.reader, given.owner, pairs)
    bases = {p.live.assistant_id: given.base_of(p, histories[p.live.assistant_id]) for p in pairs}
    found = given.check(lives, _written(comparison, options))
    return plan(
        session.deployment,
        given.owner,
        comparison,
        Observed(
            histories=histories,
            bases=bases,
            refused=tuple(d for d in found if d.severity == "error"),
            diagnostics=(*given.diagnostics, *(d for d in found if d.severity != "error")),
        ),
        options,
        wanted=len(given.wanted),
        commit=given.commit,
        base=given.base,
    )


def _selected(options: Options, key: str) -> bool:
    return options.selected is None or key in options.selected


def _histories(reader: Reader, owner: str, pairs: Sequence[Pair]) -> dict[str, History]:
    """Version histories, only of what differs, newest first, no deeper than needed."""

    def read(pair: Pair) -> History:
        return reader.history(pair.live.assistant_id, lookup.PAGE, lambda rows: lookup.enough(owner, pair, rows))

    if not pairs:
        return {}
    with ThreadPoolExecutor(max_workers=min(LOOKUPS, len(pairs))) as pool:
        return dict(zip((p.live.assistant_id for p in pairs), pool.map(read, pairs), strict=True))


def _written(comparison: Comparison, options: Options) -> list[str]:
    """The keys of all that may be written, whose graphs therefore matter."""
    pairs = (*comparison.differs, *comparison.mislabelled)
    keys = [want.key for want in comparison.missing] + [pair.wanted.key for pair in pairs]
    return [key for key in keys if _selected(options, key)]
