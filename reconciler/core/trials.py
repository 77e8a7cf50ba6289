"""What is run for a try, and by which assistant; which runs say the same; which stand for others. Pure.

A run's context and config are merged over those of the assistant that carries it, field by field at the top
(docs/server.md, S27). So what is not live yet is carried by the first of these:

| if                                                              | it is carried by      | what stays in the run  |
|-----------------------------------------------------------------|-----------------------|------------------------|
| the graph's default assistant is listed, and has nothing of its | the default assistant | nothing                |
| own                                                             |                       |                        |
| the assistant itself is there, and is of that graph             | itself                | fields that went, said |
| another one of ours of that graph is there                      | the one of which      | that, said             |
|                                                                 | least stays           |                        |
| the default assistant is listed                                 | the default assistant | its own fields, said   |
| no default assistant is listed, of any graph                    | the graph, by name    | what it has, said      |
| else the graph is not there                                     | nobody                |                        |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from reconciler.core.compare import is_ours
from reconciler.core.compose import Provenance, compose
from reconciler.model.defaults import default_id
from reconciler.model.json import Json, JsonObject, digest, same
from reconciler.model.live import Live
from reconciler.model.tries import Try
from reconciler.model.wanted import Wanted

MOST_ALIKE = 3
"""Of assistants with one and the same change so many are tried."""


class Content(Struct, frozen=True, kw_only=True):
    """All of an assistant that makes its answers."""

    graph_id: str
    context: JsonObject
    config: JsonObject

    def as_json(self) -> JsonObject:
        return {"graph_id": self.graph_id, "context": self.context, "config": self.config}

    def is_same(self, other: Content) -> bool:
        return same(self.as_json(), other.as_json())


class Carried(Struct, frozen=True, kw_only=True):
    """A run of some content: by which assistant, with what in place of its own; None leaves that alone. `notes` are
    what is not as it would be after an apply, in words."""

    assistant_id: str
    context: JsonObject | None = None
    config: JsonObject | None = None
    notes: tuple[str, ...] = ()


class Candidate(Struct, frozen=True, kw_only=True):
    """An assistant to be tried: what answers now, where anything does, and what would."""

    wanted: Wanted
    live: Live | None
    before: Content | None
    after: Content

    @property
    def graphs(self) -> frozenset[str]:
        """Those that run for it."""
        return frozenset(one.graph_id for one in (self.before, self.after) if one is not None)

    @property
    def is_same(self) -> bool:
        """Whether what answers now and what would are one content."""
        return self.before is not None and self.before.is_same(self.after)


def proposed(wanted: Wanted, live: Live | None, owner: str) -> Content:
    """What an apply would make of an assistant: ignored fields are as they are live."""
    spec = compose(wanted, live, owner, Provenance()).spec
    return Content(graph_id=spec.graph_id, context=spec.context, config=spec.config)


def of_live(live: Live) -> Content:
    """What answers now. Values that the server keeps beside the context, and that contradict it, count too: they are
    no part of what git would write (docs/server.md, S17)."""
    spec, residue = live.row.spec, live.row.residue
    context = spec.context | {f"\0{name}": value for name, value in residue.items()}
    return Content(graph_id=spec.graph_id, context=context, config=spec.config)


class Vehicles:
    """The assistants of a server, as what carries runs."""

    def __init__(self, owner: str, lives: Iterable[Live]) -> None:
        self._by_id = {live.assistant_id: live for live in lives}
        self._ours: dict[str, list[Live]] = defaultdict(list)
        for live in self._by_id.values():
            if is_ours(owner, live) and not live.is_default:
                self._ours[live.row.spec.graph_id].append(live)
        self._shows_defaults = any(live.is_default for live in self._by_id.values())

    def carry(self, content: Content, assistant_id: str) -> Carried | str:
        """How to run a content, which is that of an assistant; or why nothing can, in words."""
        graph = content.graph_id
        standard = self._by_id.get(default_id(graph))
        if standard is not None and _is_empty(standard):
            return _over(standard, content)
        itself = self._by_id.get(assistant_id)
        why = "has a context or config of its own" if standard is not None else "cannot be seen with this key"
        if itself is not None and itself.row.spec.graph_id == graph:
            return _over(itself, content, f"of the live assistant{_rest(why)}")
        others = sorted(self._ours[graph], key=lambda live: (len(_stays(live, content)), live.assistant_id))
        for live in others[:1]:
            name = live.mark.key if live.mark is not None else live.assistant_id
            return _over(live, content, f"of assistant `{name}`, by which it runs{_rest(why)}")
        if standard is not None:
            return _over(standard, content, "of the graph's default assistant, by which it runs, ")
        if self._shows_defaults:
            return f"graph `{graph}` is not deployed on this server"
        note = "it runs by the graph's default assistant, which cannot be seen with this key: what that one has stays"
        return Carried(assistant_id=graph, context=content.context, config=content.config or None, notes=(note,))


def itself(live: Live) -> Carried:
    """What is live, as it answers everybody: nothing is sent in place of its own."""
    return Carried(assistant_id=live.assistant_id)


def _is_empty(live: Live) -> bool:
    row = live.row
    return not (row.spec.context or row.spec.config or row.residue or row.ambiguous)


def _rest(why: str) -> str:
    return f", since the graph's default assistant {why}, "


def _over(live: Live, content: Content, whose: str = "") -> Carried:
    stays = _stays(live, content)
    fields = ", ".join(f"`{name}`" for name in stays)
    notes = (f"{fields} {whose}{'stays' if len(stays) == 1 else 'stay'} in this run",) if stays else ()
    config = content.config or None
    return Carried(assistant_id=live.assistant_id, context=content.context, config=config, notes=notes)


def _stays(live: Live, content: Content) -> list[str]:
    """The fields that a run by this assistant has, and the content has not."""
    spec = live.row.spec
    context = spec.context.keys() | live.row.residue.keys()
    return [
        *(f"context.{name}" for name in sorted(context - content.context.keys())),
        *(f"config.{name}" for name in sorted(spec.config.keys() - content.config.keys())),
    ]


def defined(tries: Iterable[Try]) -> Json:
    """All that tries say, without where they stand."""
    return [_defined(one) for one in tries]


def _defined(one: Try) -> Json:
    expect, stops = one.expect, one.interrupt_before
    expected: list[Json] = [list(expect.contains), list(expect.not_contains), list(expect.matches)]
    expected += [[[path, value] for path, value in expect.json_path], expect.max_seconds]
    return [one.name, one.input, expected, list(stops) if isinstance(stops, tuple) else stops]


def answers_otherwise(before: Wanted | None, after: Wanted) -> bool:
    """Whether a manifest says something else than before of what makes answers, or of how they are tried."""
    if before is None:
        return True
    one, other = ([w.spec.graph_id, w.spec.context, w.spec.config, defined(w.tries)] for w in (before, after))
    return not same(one, other)


def stand_ins(found: Sequence[Candidate]) -> tuple[list[Candidate], dict[str, tuple[str, ...]]]:
    """Of those with the same change and the same tries the first few, in their order; and for each of these the keys of
    the others, in whose place it is tried."""
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        groups[digest([_change(one), defined(one.wanted.tries)])].append(one)
    alike: dict[str, tuple[str, ...]] = {}
    left: set[str] = set()
    for group in groups.values():
        others = tuple(one.wanted.key for one in group[MOST_ALIKE:])
        left.update(others)
        alike |= {one.wanted.key: others for one in group[:MOST_ALIKE] if others}
    return [one for one in found if one.wanted.key not in left], alike


def _change(one: Candidate) -> Json:
    """What differs, at the top of context and config; all of it where nothing does, or nothing was there."""
    before, after = one.before, one.after
    if before is None or one.is_same or before.graph_id != after.graph_id:
        return [one.is_same, after.as_json()]
    pairs = (("context", before.context, after.context), ("config", before.config, after.config))
    changes: list[Json] = [after.graph_id]
    for where, was, now in pairs:
        for name in sorted(was.keys() | now.keys()):
            sides: list[Json] = [[side[name]] if name in side else [] for side in (was, now)]
            if not same(sides[0], sides[1]):
                changes.append([where, name, *sides])
    return changes


def share(costs: Mapping[str, Sequence[int]], most: int) -> dict[str, int]:
    """How many tries of each assistant fit into so many runs: the first of each before the second of any."""
    taken, left = dict.fromkeys(costs, 0), most
    for turn in range(max((len(cost) for cost in costs.values()), default=0)):
        for key, cost in costs.items():
            if taken[key] == turn < len(cost) and cost[turn] <= left:
                taken[key], left = turn + 1, left - cost[turn]
    return taken
