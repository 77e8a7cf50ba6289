"""What the server itself says of the graphs of a plan: are they deployed, and would they take the context?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec.structs import replace

from reconciler.app.source import Source
from reconciler.contexts import against_live
from reconciler.core.compare import refusal
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject, same
from reconciler.model.live import Live
from reconciler.model.wanted import Wanted
from reconciler.server.reader import Reader
from reconciler.server.schemas import graphs_of, read_schema, shows_defaults


def check_against_server(
    source: Source, reader: Reader, lives: Sequence[Live], keys: Sequence[str]
) -> list[Diagnostic]:
    """Diagnostics about the assistants in `keys`. An error holds that one back; the others are written.

    Each graph's schema is read once, and only where something of that graph may be written. A schema that is the
    file's, byte for byte, was checked against already.
    """
    chosen = frozenset(keys)
    wanted = [w for w in source.loaded.wanted if w.key in chosen]
    found: list[Diagnostic] = []
    deployed = graphs_of(lives) if shows_defaults(lives) else None
    if deployed is not None:
        found += [_unknown(want, deployed) for want in wanted if want.spec.graph_id not in deployed]
    barred = {d.key for d in found}
    differing: dict[str, JsonObject] = {}
    for graph in sorted({w.spec.graph_id for w in wanted if w.key not in barred}):
        answer = read_schema(reader, graph, lives)
        if answer.schema is not None and not same(answer.schema, source.schemas.by_graph.get(graph)):
            differing[graph] = answer.schema
        elif answer.outcome in ("failed", "hidden"):
            found.append(_unread(graph, answer.why))
    open_graphs = source.repository.settings.open_graphs
    found += _softened(against_live(wanted, differing, open_graphs, source.loaded.locate))
    return found


def _unknown(want: Wanted, deployed: Sequence[str]) -> Diagnostic:
    graph = want.spec.graph_id
    near = get_close_matches(graph, deployed, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "deploy the graph first, or correct graph_id"
    return refusal(want, "graph-unknown", f"{unknown_graph(graph, deployed)}", hint=hint)


def unknown_graph(graph: str, deployed: Sequence[str]) -> str:
    """The server's list, in words."""
    return f"graph `{graph}` is not deployed on this server, which has {', '.join(f'`{name}`' for name in deployed)}"


def _unread(graph: str, why: str) -> Diagnostic:
    reason = why or "none of its assistants can be seen with this key"
    return Diagnostic(
        severity="note",
        code="schema-unread",
        message=f"graph `{graph}` could not be asked for its context schema, so only the file was checked ({reason})",
    )


def _softened(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """A fault of the live schema itself is no fault of an assistant: said, but nothing is held back for it."""
    return [d if d.key is not None or d.severity != "error" else replace(d, severity="warning") for d in found]
