"""Values that hypothesis draws: JSON that is hard to tell apart, specs, whole repositories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

scalars = st.sampled_from([None, True, False, 0, 1, -1, 0.5, "", "0", "1", "true", "a", "a\n", "a\r\n", "ä", "a b "])
"""Few values, chosen to be mistaken for one another."""

json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.sampled_from(["a", "b", "model"]), json_values, max_size=3)
first_level = st.dictionaries(
    st.sampled_from(["a", "b", "model"]), json_values.filter(lambda v: v is not None), max_size=3
)


def made(kind: Callable[..., T], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """A value of ours from its fields. `st.builds` would ask a Struct for its signature, whose types it evaluates."""
    return st.fixed_dictionaries(fields).map(lambda drawn: kind(**drawn))


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, Any]:
    """One manifest's content."""
    return {
        "graph_id": draw(st.sampled_from(["writer", "researcher"])),
        "name": draw(st.sampled_from(["One", "Two"])),
        "description": draw(st.sampled_from(["", "d"])),
        "context": draw(objects),
        "config": draw(st.sampled_from([{}, {"recursion_limit": 5}, {"tags": ["x"]}])),
        "metadata": draw(st.dictionaries(st.sampled_from(["team", "tier"]), st.sampled_from(["x", "y"]), max_size=2)),
        "protected": draw(st.booleans()),
    }


repositories = st.dictionaries(st.sampled_from(["w/one", "w/two", "w/three"]), manifests(), max_size=3)
"""What git may say at one commit."""
