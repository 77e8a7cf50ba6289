"""Whole states that hypothesis draws: what git wants, what is live and whose it is, limits, overrides, facts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

HERE, ELSEWHERE = "github.com/acme/agents", "github.com/acme/fork"
NEWER, UNKNOWN = "b" * 40, "c" * 40

contents = st.builds(lambda p: {"context": {"p": p}}, st.sampled_from(["w", "x", "y", "z"]))
percents = st.sampled_from([0, 1, 20, 49.5, 50, 99])
limits = st.fixed_dictionaries(
    {"max_deletes": st.integers(0, 8), "max_delete_percent": percents, "max_update_percent": percents}
)


@st.composite
def versions(draw: st.DrawFn, key: str, owner: str = "acme") -> list[dict[str, Any]]:
    """The history of one that this tool wrote, and that somebody may have edited since."""
    marker = {
        "key": key,
        "owner": owner,
        "protected": draw(st.booleans()),
        "repo": draw(st.sampled_from([None, HERE, ELSEWHERE])),
        "deployment": draw(st.sampled_from([None, "staging", "production"])),
        "commit": draw(st.sampled_from([None, NEWER, UNKNOWN])),
    }
    rows: list[dict[str, Any]] = [{"git": draw(contents) | marker}]
    return rows + ([{"studio": draw(contents)}] if draw(st.booleans()) else [])


@st.composite
def states(draw: st.DrawFn, allowing: bool = True, largest: int = 13) -> dict[str, Any]:
    """A case of which nothing is expected yet: some manifests are new, some are gone, some changed."""
    keys = [f"a/{number:02}" for number in range(draw(st.integers(0, largest)))]
    gone = draw(st.sets(st.sampled_from(keys))) if keys else set()
    live = {key: {"versions": draw(versions(key))} for key in keys}
    for number in range(draw(st.integers(0, 2))):
        # Another's, a copy of ours, nobody's.
        live[f"{number}1111111-1111-4111-8111-111111111111"] = {"versions": [draw(_not_ours(keys))]}
    wanted = {key: draw(contents) for key in keys if key not in gone}
    wanted |= {f"new/{number}": draw(contents) for number in range(draw(st.integers(0, 2)))}
    case: dict[str, Any] = {"wanted": wanted, "live": live, "base": {key: [] for key in keys}}
    case["options"] = {"prune": True, "limits": draw(limits)}
    if allowing:
        case["options"]["allow_delete"] = draw(st.lists(st.sampled_from(keys), max_size=3)) if keys else []
        case["options"]["allow"] = draw(st.lists(st.sampled_from(["protected", "drifted_delete"]), max_size=2))
    here: dict[str, Any] = {"head": "a" * 40, "newer": draw(st.sampled_from([[], [NEWER]])), "unknown": [UNKNOWN]}
    here |= {"repo": draw(st.sampled_from([None, HERE])), "deployment": draw(st.sampled_from([None, "staging"]))}
    return case | {"facts": here | {"before": {}, "now": draw(st.sampled_from([{}, {"max_deletes": 9}]))}}


def _not_ours(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    mine = keys[0] if keys else "a/00"
    foreign = {"key": mine, "owner": "b", "protected": False, "repo": HERE}
    copy = {"key": mine, "marker_id": "99999999-9999-4999-8999-999999999999"}
    return st.sampled_from([{"git": foreign}, {"git": copy}, {"bare": {}}])
