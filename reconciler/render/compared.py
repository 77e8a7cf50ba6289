"""What is planned now, held against what a pull request's comment showed: as lines of text, and for a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from reconciler.model.json import Json, JsonObject
from reconciler.render.escape import code, prose

MOST = 100


class Difference(Struct, frozen=True, kw_only=True):
    """`said` is a sentence of ours about one assistant. Where a comment had no room for it, nobody `knows` whether it
    differs."""

    key: str
    said: str
    knows: bool = True


def differences(
    prints: Mapping[str, str], pulls: Mapping[int, Sequence[str]], seen: Mapping[int, JsonObject | None]
) -> list[Difference]:
    """What differs from what was shown, by key. `prints` are those of the plan, `pulls` the keys of each pull request,
    newest first, `seen` what the comment of each said. A key counts for the newest that changed it; where a later one
    showed the same as on main already, or as drift, it was shown all the same."""
    whose: dict[str, int] = {}
    for number, keys in pulls.items():
        for key in keys:
            whose.setdefault(key, number)
    order = list(pulls)

    def shown(key: str) -> int | None:
        """The newest pull request that changed it, or else one whose comment showed it."""
        last = whose.get(key)
        later = order if last is None else order[: order.index(last)]
        found = [number for number in later if _then(seen.get(number), key) is not None]
        same = (number for number in found if _then(seen.get(number), key) == prints.get(key))
        return next(same, last if last is not None else next(iter(found), None))

    made: list[Difference | None] = []
    for key in {**whose, **prints}:
        last = shown(key)
        if last is None:
            made.append(Difference(key=key, said="no pull request since the last apply showed it"))
        else:
            made.append(_one(key, prints.get(key), last, seen.get(last)))
    return sorted((one for one in made if one is not None), key=lambda one: one.key)


def _then(seen: JsonObject | None, key: str) -> Json:
    """The print of an assistant in what a comment said; None where it said nothing."""
    shown: Json = seen["of"] if seen is not None else None
    return shown.get(key) if isinstance(shown, dict) else None


def _one(key: str, now: str | None, number: int, seen: JsonObject | None) -> Difference | None:
    if seen is None:
        return Difference(key=key, said=f"pull request {number} has no comment that showed it") if now else None
    then = _then(seen, key)
    if now == then:
        return None
    if now is None:
        return Difference(key=key, said=f"pull request {number} showed a change, and nothing is to be done any more")
    if then is None:
        more = "had no room to note it" if seen["more"] else "did not show it"
        return Difference(key=key, said=f"the comment of pull request {number} {more}", knows=not seen["more"])
    return Difference(key=key, said=f"it is another change than pull request {number} showed")


def markdown(deployment: str, found: Sequence[Difference]) -> str:
    """For the summary of a run."""
    if not found:
        return f"{code(deployment)}: all is as the pull requests showed it."
    known, rest = _first(found)
    lines = [f"- {code(one.key)}: {prose(one.said)}" for one in known] + [f"- {one}" for one in rest]
    return f"### Otherwise than the pull requests showed it: {code(deployment)}\n\n" + "\n".join(lines)


def lines(deployment: str, found: Sequence[Difference]) -> list[str]:
    """The same as plain lines, not yet escaped."""
    if not found:
        return [f"{deployment}: all is as the pull requests showed it"]
    known, rest = _first(found)
    return [f"{deployment}: {one.key}: {one.said}" for one in known] + [f"{deployment}: {one}" for one in rest]


def _first(found: Sequence[Difference]) -> tuple[list[Difference], list[str]]:
    """Those that are named, what differs for sure before all else, and how many are not."""
    known = [one for one in found if one.knows]
    lost = [one for one in found if not one.knows]
    if len(lost) == 1:
        known, lost = [*known, *lost], []
    rest = [f"and {len(known) - MOST:,} more"] if len(known) > MOST else []
    if lost:
        no_room = "which the comments had no room to note: whether they differ is not known"
        rest.append(f"and {len(lost):,} {'more ' if known else ''}assistants {no_room}")
    return known[:MOST], rest
