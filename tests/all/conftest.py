"""What `make test-all` has beyond Python. A tool that is missing is an error here, never a skip."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tool() -> Callable[..., str]:
    """The path of the first of these programs: beside this Python, among the npm packages, or on the PATH."""

    def find(*names: str) -> str:
        places = (Path(sys.executable).parent, ROOT / "tests" / "node" / "node_modules" / ".bin")
        for name in names:
            for place in places:
                if (place / name).is_file():
                    return str(place / name)
            if found := shutil.which(name):
                return found
        raise FileNotFoundError(f"{' or '.join(names)} is missing: scripts/install-test-all installs it")

    return find
