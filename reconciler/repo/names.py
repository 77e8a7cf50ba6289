"""The grammar of names: an owner, a deployment, a graph's file, and each segment of a key."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
LONGEST_NAME = 100
"""Characters of an owner, and of a whole key."""
