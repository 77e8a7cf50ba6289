"""The sweeps can fail: without the look at the version list, a lost answer doubles a version."""

from __future__ import annotations

import pytest

from reconciler.app.settle import Landing, Settler
from tests.faults.test_pairs import REQUESTS, in_process
from tests.faults.trial import Trial, say


def sweep() -> list[Trial]:
    """Each answer of the small run dropped."""
    return [in_process({k: "502_after"}) for k in range(1, REQUESTS + 1) if "502_after" in kinds_of(k)]


def kinds_of(number: int) -> tuple[str, ...]:
    """The faults of the k-th request of the run without faults."""
    from tests.faults.wire import kinds

    return kinds(in_process({}).seen[number - 1])


def test_settling_is_what_keeps_versions_from_being_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """With it none is; where it always says that nothing landed, a create, an update and a repair are."""
    assert [str(d) for d in sweep() if d.problems] == []
    monkeypatch.setattr(Settler, "_look", lambda self, landed, seconds: Landing.NOT_YET)
    doubled = {p.split(":")[0] for d in sweep() for p in d.problems if "2 new versions" in p}
    say(f"doubled without settling: {', '.join(sorted(doubled))}")
    assert doubled == {"edit/one", "back/b-prompt"}
