"""What would be written, read back: it says exactly what is live, `validate` passes it, and nobody else is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.app.lint import lint
from reconciler.app.source import Source
from reconciler.app.take.takings import Draft, Left, left
from reconciler.contexts import validate
from reconciler.core.managed import same_content
from reconciler.errors import InvalidSource
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import same
from reconciler.model.wanted import Wanted
from reconciler.repo import added
from reconciler.repo.manifests import Loaded, Manifests

Elsewhere = Mapping[str, Mapping[str, Wanted]]
"""By deployment and key, what the manifests say for the others."""


def prove(
    source: Source, manifests: Manifests, here: str | None, drafts: Sequence[Draft]
) -> tuple[list[Draft], list[Left]]:
    """Those that can be written, and the others with what is wrong. Raises InvalidSource where they would make another
    manifest wrong."""
    repository = source.repository
    others = [d.name for d in repository.settings.deployments if d.name != here] if any(d.edits for d in drafts) else []
    before = {name: _by_key(manifests.at(name)) for name in others}
    known = {(d.code, d.path, d.message) for d in source.loaded.diagnostics}
    alone: list[Left] = []
    kept = list(drafts)
    while kept:
        files = {path: content for draft in kept for path, content in draft.written.items()}
        made = Manifests(added.Overlay(repository.tree, files), repository.settings)
        after = made.at(here)
        told = _told(source, after, kept)
        found, elsewhere = _by_key(after), {name: _by_key(made.at(name)) for name in others}
        wrong = {
            draft.live.assistant_id: why
            for draft in kept
            if (why := _wrong(draft, found, told) or _moved(draft, before, elsewhere)) is not None
        }
        if not wrong:
            new = [d for d in told if (d.code, d.path, d.message) not in known]
            if new:
                raise InvalidSource(new)
            break
        alone += [left(d.live, wrong[d.live.assistant_id]) for d in kept if d.live.assistant_id in wrong]
        kept = [draft for draft in kept if draft.live.assistant_id not in wrong]
    return kept, alone


def _told(source: Source, after: Loaded, drafts: Iterable[Draft]) -> list[Diagnostic]:
    """The errors of reading, of the lint for secrets, and of contexts whose graph has a schema here."""
    settings, schemas = source.repository.settings, source.schemas
    keys = {draft.key for draft in drafts}
    new = [one for one in after.wanted if one.key in keys and one.spec.graph_id in schemas.by_graph]
    linted = lint(settings, after)
    of_contexts = validate(
        new, schemas.by_graph, settings.open_graphs, after.locate, paths=schemas.paths, unread=linted.hidden
    )
    of_drafts = [d for d in (*linted.diagnostics, *of_contexts) if d.key in keys]
    return [d for d in (*after.diagnostics, *of_drafts) if d.severity == "error"]


def _wrong(draft: Draft, found: Mapping[str, Wanted], told: Sequence[Diagnostic]) -> str | None:
    for d in told:
        if d.key == draft.key or d.path in draft.written:
            return d.message
    one = found.get(draft.key)
    if one is None or one.path != draft.manifest or one.assistant_id != draft.live.assistant_id:
        return "read back, the manifest would be about another assistant"
    if not same(one.spec.as_json(), draft.spec.as_json()) or not same_content(one, draft.live.row):
        return "read back, the manifest would not say what is live"
    return None


def _moved(draft: Draft, before: Elsewhere, after: Elsewhere) -> str | None:
    """Whether a manifest that is joined would say something else for another deployment."""
    if not draft.edits:
        return None
    for name, keys in before.items():
        old, new = keys.get(draft.key), after[name].get(draft.key)
        if (old is None) != (new is None):
            return f"`{draft.key}` would come to `{name}`, or leave it"
        if old is not None and new is not None:
            unmoved = old.assistant_id == new.assistant_id and same(old.spec.as_json(), new.spec.as_json())
            if not unmoved:
                return f"`{draft.key}` would change in `{name}`"
    return None


def _by_key(loaded: Loaded) -> dict[str, Wanted]:
    return {one.key: one for one in loaded.wanted}
