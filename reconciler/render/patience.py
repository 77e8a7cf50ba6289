"""What differs between two sequences, found by their unique common elements: readable, and bounded in time.

difflib alone takes seconds on the words of one 23,000-character line. Anchoring at what occurs once on both sides
(Bram Cohen's patience diff) leaves gaps small enough for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Block = tuple[int, int, int, int]
"""`a[i1:i2]` and `b[j1:j2]`."""

_SMALL = 20_000
"""A gap of up to so many pairs goes to difflib; a larger one without anchors is replaced as a whole."""

_DEPTH = 12


def blocks(a: Sequence[str], b: Sequence[str]) -> list[tuple[bool, Block]]:
    """All of both sequences in order, as blocks that are the same (True) or not. No two neighbours are alike."""
    found: list[tuple[bool, Block]] = []
    for same, (i1, i2, j1, j2) in _walk(a, b, (0, len(a), 0, len(b)), 0):
        if i1 == i2 and j1 == j2:
            continue
        if found and found[-1][0] == same:
            before = found.pop()[1]
            i1, j1 = before[0], before[2]
        found.append((same, (i1, i2, j1, j2)))
    return found


def _walk(a: Sequence[str], b: Sequence[str], block: Block, depth: int) -> Iterator[tuple[bool, Block]]:
    i1, i2, j1, j2 = block
    head = 0
    while i1 + head < i2 and j1 + head < j2 and a[i1 + head] == b[j1 + head]:
        head += 1
    tail = 0
    while i2 - tail > i1 + head and j2 - tail > j1 + head and a[i2 - tail - 1] == b[j2 - tail - 1]:
        tail += 1
    yield True, (i1, i1 + head, j1, j1 + head)
    inner = (i1 + head, i2 - tail, j1 + head, j2 - tail)
    yield from _between(a, b, inner, depth)
    yield True, (i2 - tail, i2, j2 - tail, j2)


def _between(a: Sequence[str], b: Sequence[str], block: Block, depth: int) -> Iterator[tuple[bool, Block]]:
    i1, i2, j1, j2 = block
    if i1 == i2 or j1 == j2 or depth > _DEPTH:
        yield False, block
    elif anchors := _anchors(a, b, block):
        for i, j in anchors:
            yield from _walk(a, b, (i1, i, j1, j), depth + 1)
            i1, j1 = i, j
        yield from _walk(a, b, (i1, i2, j1, j2), depth + 1)
    elif (i2 - i1) * (j2 - j1) > _SMALL:
        yield False, block
    else:
        matcher = SequenceMatcher(None, a[i1:i2], b[j1:j2], autojunk=False)
        for tag, p1, p2, q1, q2 in matcher.get_opcodes():
            yield tag == "equal", (i1 + p1, i1 + p2, j1 + q1, j1 + q2)


def _anchors(a: Sequence[str], b: Sequence[str], block: Block) -> list[tuple[int, int]]:
    """Pairs of positions whose element occurs once on each side: the longest run of them that rises on both."""
    i1, i2, j1, j2 = block
    once_a, once_b = Counter(a[i1:i2]), Counter(b[j1:j2])
    where = {b[j]: j for j in range(j1, j2) if once_b[b[j]] == 1}
    pairs = [(i, where[a[i]]) for i in range(i1, i2) if once_a[a[i]] == 1 and a[i] in where]
    ends: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        previous.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        last[at : at + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]
