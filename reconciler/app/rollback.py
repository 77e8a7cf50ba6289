"""`rollback`: find the assistant, read its history, and plan the one change that makes an earlier version live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.agree import agree
from reconciler.app.look_back import Wish, graph_is_gone, look_back
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.contexts import against_live
from reconciler.core import guards
from reconciler.core.compare import is_ours
from reconciler.core.compose import Provenance
from reconciler.core.guards import Facts, Overrides, Scope
from reconciler.core.rollback import Nothing, Refused, Rollback
from reconciler.errors import ServerError, UsageError
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.live import Live
from reconciler.model.plan import Guard, Plan
from reconciler.model.wanted import Wanted
from reconciler.server.schemas import read_schema


class Asked(Struct, frozen=True, kw_only=True):
    """Which assistant, and which of its versions; None: the one before. `allow` are guards that may be passed."""

    key: str
    number: int | None = None
    allow: frozenset[str] = frozenset()


def asked(target: str, allow: Iterable[str] = ()) -> Asked:
    """`KEY` or `KEY@N`, and `--allow`. Raises UsageError."""
    allow = frozenset(allow)
    for name in sorted(allow - set(guards.NAMES)):
        raise UsageError(f"--allow {name}: there is no such guard", hint=f"the guards: {', '.join(guards.NAMES)}")
    key, at, number = target.partition("@")
    if not key or (at and not (number.isascii() and number.isdigit() and len(number) < 10)):
        raise UsageError(f"{target}: write KEY, or KEY@N with the number of a version")
    return Asked(key=key, number=int(number) if at else None, allow=allow)


def plan_rollback(source: Source, session: Session, asked: Asked, origin: Provenance) -> tuple[Plan, Provenance]:
    """The plan with that one change, or none where it is live already; and where what is written is said to come from.

    Errors of other manifests stop nothing: they say nothing about an earlier version. Reads only. Raises UsageError
    where there is nothing that may be made live, ServerError.
    """
    owner = source.repository.settings.owner
    lives = session.reader.assistants()
    said = next((one for one in source.loaded.wanted if one.key == asked.key), None)
    gone = next((one for one in source.loaded.removed if one.key == asked.key), None)
    live = _find(owner, lives, source, said, asked.key)
    (back,) = look_back(source, session, [Wish(live=live, said=said, number=asked.number)])
    made = Plan(
        deployment=session.deployment,
        owner=owner,
        commit=origin.commit,
        diagnostics=_errors(source, asked),
        rollback=True,
    )
    match back:
        case ServerError():
            raise back
        case Refused(message=message, hint=hint):
            raise UsageError(f"assistant `{asked.key}`: {message}", hint=hint)
        case Nothing(version=version):
            message = f"version {version}, which is live, has that content"
            notes = (*made.diagnostics, _note(asked.key, "rollback-live", message))
            return replace(made, diagnostics=notes), origin
        case Rollback() as found:
            want = found.change.wanted
            notes = (
                *made.diagnostics,
                *_served(source, session, lives, want),
                agree(source.repository.git, session.deployment, found, said, gone),
            )
            ordered = tuple(sorted(notes, key=Diagnostic.order))
            made = replace(made, changes=(found.change,), diagnostics=ordered)
            return replace(made, guards=_guards(owner, live, made, origin, asked)), _provenance(origin, live, found)


def _guards(owner: str, live: Live, made: Plan, origin: Provenance, asked: Asked) -> tuple[Guard, ...]:
    """What guards have against it: that another repository wrote it, or that it belongs to another deployment. What
    one earlier version does to many assistants, or to git's history, is nothing."""
    scope = Scope(
        changes=made.changes,
        wanted=1,
        owned=1,
        owner=owner,
        ours=(live,) if is_ours(owner, live) else (),
        facts=Facts(repo=origin.repo, deployment=origin.deployment),
    )
    return guards.judge(scope, Overrides(guards=dict.fromkeys(asked.allow, "--allow")))


def _find(owner: str, lives: Sequence[Live], source: Source, said: Wanted | None, key: str) -> Live:
    """The assistant of that key: the one that its manifest names, else the one whose marker says so. A copy never:
    its marker was written for another one."""
    if said is not None:
        found = [live for live in lives if live.assistant_id == said.assistant_id]
        if not found:
            raise UsageError(f"assistant `{key}` is not on this server", hint="`reconciler apply` creates it")
        mark = found[0].mark
        if mark is not None and mark.owner != owner:
            raise UsageError(
                f"assistant `{key}` ({said.assistant_id}) belongs to the owner '{mark.owner}', not to '{owner}'",
                hint="roll it back in the repository of that owner",
            )
        return found[0]
    marks = {live.mark.key: live for live in lives if live.mark is not None and is_ours(owner, live)}
    if key in marks:
        return marks[key]
    near = get_close_matches(key, sorted({*marks, *(one.key for one in source.loaded.wanted)}), n=1)
    raise UsageError(
        f"no assistant `{key}` is managed from here: there is no manifest of that key, and none of ours on the server",
        hint=f"did you mean `{near[0]}`?" if near else None,
    )


def _errors(source: Source, asked: Asked) -> tuple[Diagnostic, ...]:
    """That the manifests have errors, where that matters to whoever reads on."""
    errors = [d for d in source.diagnostics if d.severity == "error"]
    if not errors:
        return ()
    about = "those of others do not matter here"
    if any(d.key == asked.key for d in errors) or any(one.key == asked.key for one in source.loaded.partial):
        about = "its own has some, so what it says under `ignore:` is not known"
    message = f"the manifests have errors, which `reconciler validate` names; {about}"
    return (_note(asked.key, "source-invalid", message, "warning"),)


def _served(source: Source, session: Session, lives: Sequence[Live], want: Wanted) -> list[Diagnostic]:
    """What the live graph says of the context. Raises UsageError where the graph is gone (docs/server.md, S12)."""
    if (gone := graph_is_gone(lives, want)) is not None:
        raise UsageError(f"assistant `{want.key}`: {gone}", hint="choose a version of a graph that is there: KEY@N")
    graph = want.spec.graph_id
    schema = read_schema(session.reader, graph, lives).schema
    if schema is None:
        return []
    open_graphs = source.repository.settings.open_graphs
    found = against_live([want], {graph: schema}, open_graphs, lambda one, path, *, name=False: (one.path, 1, 1))
    return [
        _note(want.key, d.code, f"{d.message}; the version is written as it was", "warning") for d in found if d.key
    ]


def _provenance(origin: Provenance, live: Live, found: Rollback) -> Provenance:
    """Git has to be asked what it says since it was last heard to say what is rolled back from: so the commit is this
    one where it says so, else the one that did."""
    clean = origin.commit is not None and not origin.commit.endswith("-dirty")
    mark = live.mark
    if (found.current and clean) or found.commit is None:
        return origin
    source = mark.source if mark is not None else None
    return replace(origin, commit=found.commit, source=lambda path: source)


def _note(key: str, code: str, message: str, severity: Severity = "note") -> Diagnostic:
    return Diagnostic(severity=severity, code=code, message=f"assistant `{key}`: {message}", key=key)
