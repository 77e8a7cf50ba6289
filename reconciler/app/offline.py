"""A plan without a server: what the base commit says stands for what is live. Nothing is sent, and no key is read."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.app.definitions import Said, differing, here, known, said_at
from reconciler.app.guard_facts import guard_facts
from reconciler.app.placeholders import against_live, commit_words
from reconciler.app.source import Source, provenance
from reconciler.core.compare import compare
from reconciler.core.compose import Provenance, compose
from reconciler.core.plan import Observed, Options, plan
from reconciler.core.state import Base
from reconciler.errors import UsageError
from reconciler.model.live import History, Live, Version
from reconciler.model.plan import Deployment, Plan
from reconciler.model.wanted import Wanted

NO_VERSION = 0
"""The number of what stands for a live version: no server gives it."""


def base_commit(source: Source, name: str) -> str:
    """The full id of the commit to compare with. Raises UsageError where this clone does not have it."""
    found = known(source.repository.git).resolve(name)
    if found is None:
        hint = "git fetch --unshallow; on GitHub: fetch-depth: 0"
        raise UsageError(f"commit {name} is not in this clone", hint=hint)
    return found


def proposed(source: Source, base: str, deployment: str | None) -> frozenset[str]:
    """The keys of which the tree says something else than the base."""
    repository = source.repository
    now = here(repository.settings, source.loaded.wanted, source.loaded.removed)
    return differing(said_at(repository, base, deployment), now)


def offline(source: Source, deployment: str | None, url: str, base: str, options: Options) -> Plan:
    """The plan from the base to the tree, guards and all. Raises UsageError and InvalidSource."""
    source.require()
    repository, owner = source.repository, source.repository.settings.owner
    before = said_at(repository, base, deployment)
    lives = [_live(one, before, base, deployment) for one in before.wanted]
    comparison = compare(owner, source.loaded.wanted, lives, source.loaded.removed)
    histories = {live.assistant_id: History(rows=(live.row,), complete=True) for live in lives}
    bases = {one.assistant_id: Base(specs=(one,), complete=True) for one in before.wanted}
    origin = provenance(repository, {}, deployment)
    facts = guard_facts(repository, comparison, histories, repo=None, deployment=deployment, base=base)
    keys = [pair.wanted.key for pair in comparison.differs]
    chosen = [key for key in keys if options.selected is None or key in options.selected]
    warnings = against_live(source.loaded, lives, chosen, commit_words(base))
    made = plan(
        Deployment(name=deployment, url=url),
        owner,
        comparison,
        Observed(histories=histories, bases=bases, diagnostics=(*source.diagnostics, *warnings), facts=facts),
        options,
        wanted=len(source.loaded.wanted) + len(source.loaded.removed),
        commit=origin.commit,
        base=base,
    )
    now = here(repository.settings, source.loaded.wanted, source.loaded.removed)
    return replace(made, offline=True, proposed=differing(before, now))


def _live(one: Wanted, before: Said, base: str, deployment: str | None) -> Live:
    """An assistant as an apply of the base would have left it."""
    wrote = compose(one, None, before.settings.owner, Provenance(deployment=deployment, commit=base))
    row = Version(number=NO_VERSION, spec=wrote.spec, marker=wrote.marker)
    return Live(assistant_id=one.assistant_id, row=row)
