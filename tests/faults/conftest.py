"""The fixtures of this folder: those that tests/races has too."""

from __future__ import annotations

from tests.faults.fixed_order import direct, in_order

__all__ = ["direct", "in_order"]
