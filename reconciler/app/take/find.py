"""From what a server lists to the files that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.app.take.chosen import Chosen
from reconciler.app.take.join import Joins
from reconciler.app.take.names import Names
from reconciler.app.take.prove import prove
from reconciler.app.take.takings import Draft, Left, Takings, left
from reconciler.core.compare import compare
from reconciler.errors import InvalidSource, UsageError
from reconciler.model.live import Live
from reconciler.model.spec import Spec
from reconciler.repo.edit import CannotEdit
from reconciler.repo.manifests import Manifests
from reconciler.repo.manifests.keys import id_problem
from reconciler.repo.manifests.make import problems
from reconciler.repo.manifests.reserved import kept_metadata

AUTH = frozenset(("owner",))
"""Metadata that auth handlers write: with the documentation's standard one it decides who sees the assistant
(docs/server.md, S26). Nobody can tell whose a value is, so git does not take it over."""


_ALL = Chosen()


def find(source: Source, session: Session, chosen: Chosen = _ALL) -> Takings:
    """What to write for the unmanaged assistants of the session's deployment, of which `source` was read. Reads only,
    and works without a folder of manifests too.

    Never takes defaults, copies, what is ours or another owner's, nor what a manifest names already. Raises
    InvalidSource where a manifest cannot be read, since it may name any assistant; UsageError where `chosen` fits
    nothing that the server lists, or the manifests could not say which deployment they are for; ServerError.
    """
    repository, settings = source.repository, source.repository.settings
    here, several = session.deployment.name, len(settings.deployments) > 1
    if several and here is None:
        raise UsageError("the settings list several deployments, and a manifest has to say which one", hint="-d NAME")
    broken = [d for d in source.loaded.diagnostics if d.severity == "error" and d.code != "no-source"]
    if broken:
        raise InvalidSource(broken)
    lives = session.reader.assistants()
    chosen.check(lives)
    given_up = {gone.assistant_id for gone in source.loaded.removed}
    comparison = compare(settings.owner, source.loaded.wanted, lives, source.loaded.removed)
    unmanaged = [one for one in comparison.unmanaged if not one.is_default and one.assistant_id not in given_up]
    manifests = Manifests(repository.tree, settings)
    names = Names(repository.tree, manifests.at(None), comparison.orphans)
    absent = {one.key for one in comparison.missing}
    theirs = {one.assistant_id for one in (*comparison.others, *comparison.copies)}
    near = [live for live in lives if not live.is_default and live.assistant_id not in theirs]
    joins = Joins(source, manifests, here, absent=absent, lives=near, names=names)
    drafts: list[Draft] = []
    alone: list[Left] = []
    for live in filter(chosen.fits, unmanaged):
        spec = _spec(live)
        why = _why_not(live, spec)
        if why is not None:
            alone.append(left(live, why))
            continue
        try:
            joined = joins.draft(live, spec)
        except CannotEdit as refused:
            alone.append(left(live, refused.message))
            continue
        drafts.append(joined or names.draft(live, spec, (here,) if several and here is not None else ()))
    proved, unproved = prove(source, manifests, here, drafts)
    return Takings(
        files={path: content for draft in proved for path, content in draft.files.items()},
        edits={path: content for draft in proved for path, content in draft.edits.items()},
        taken=tuple(draft.taken() for draft in proved),
        left=tuple(sorted((*alone, *unproved), key=lambda one: (one.name, one.assistant_id))),
        notes=(*joins.notes, *_notes(source, proved)),
    )


def _spec(live: Live) -> Spec:
    """The content as a manifest says it: without the metadata that servers and auth handlers keep for themselves."""
    content = live.row.spec
    metadata = {name: value for name, value in kept_metadata(content.metadata).items() if name not in AUTH}
    return replace(content, metadata=metadata)


def _why_not(live: Live, spec: Spec) -> str | None:
    if id_problem(live.assistant_id) is not None:
        return "its id is no lower-case UUID with dashes, so no manifest can name it"
    if live.row.residue or live.row.ambiguous:
        return "it holds two different sets of values, in context and in config.configurable"
    found = problems(spec)
    return found[0] + (f" (and {len(found) - 1} more)" if len(found) > 1 else "") if found else None


def _notes(source: Source, drafts: Sequence[Draft]) -> Iterator[str]:
    count = sum(1 for draft in drafts if AUTH & draft.live.row.spec.metadata.keys())
    if count:
        yield f"metadata `owner` of {count} assistant{'s' if count != 1 else ''} is left out: auth handlers write it"
    known = source.schemas.by_graph.keys() | source.repository.settings.open_graphs
    for graph in sorted({draft.spec.graph_id for draft in drafts} - known):
        yield f"graph `{graph}` has no schema here yet: `reconciler schemas pull` writes it, and plan needs it"
