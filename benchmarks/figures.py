"""One measured figure, its limit, and whether that is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` in `unit`, of `what`. With a limit it is to be `at_most` or `at_least` that; without one it is only
    said. `parts` are what it was made from: seconds, unless their name says otherwise."""

    name: str
    what: str
    value: float
    unit: Literal["x", "MB", "ms", ""]
    limit: float | None = None
    sense: Literal["at_most", "at_least"] = "at_most"
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def kept(self) -> bool | None:
        """None where there is no limit."""
        if self.limit is None:
            return None
        return self.value <= self.limit if self.sense == "at_most" else self.value >= self.limit

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "kept": self.kept}


def figure(fields: dict[str, Any]) -> Figure:
    """The inverse of `as_json`."""
    return Figure(**{name: value for name, value in fields.items() if name != "kept"})
