"""A fake Agent Server whose behaviours are traits: for faults, sweeps and millions of cases.

The real in-memory server stays the first test double; `test_like_real.py` holds the fake to it.
"""

from .auth import KEYS
from .graphs import default_id
from .messages import Log, Request, Response
from .meta import PROJECT_ID, TENANT_ID
from .network import listen, transport
from .presets import AEGRA, AEGRA_0_10, JS, LG, LG_0_2, LH, NAMED
from .runs import Ends, Given
from .server import GRAPHS, FakeServer
from .traits import MATRIX, Traits, values, varied

__all__ = [
    "AEGRA",
    "AEGRA_0_10",
    "GRAPHS",
    "JS",
    "KEYS",
    "LG",
    "LG_0_2",
    "LH",
    "MATRIX",
    "NAMED",
    "PROJECT_ID",
    "TENANT_ID",
    "Ends",
    "FakeServer",
    "Given",
    "Log",
    "Request",
    "Response",
    "Traits",
    "default_id",
    "listen",
    "transport",
    "values",
    "varied",
]
