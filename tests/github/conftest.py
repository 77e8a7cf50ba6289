"""A stand-in for GitHub, listening until the test ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.stand_in import StandIn, listen
from tests.github.world import HEAD, PULL, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One open pull request, nothing written yet, everything in pages of two."""
    stand_in = StandIn(page=2)
    stand_in.pull(PULL, HEAD)
    with listen(stand_in) as url:
        yield World(tmp_path, stand_in, url)
