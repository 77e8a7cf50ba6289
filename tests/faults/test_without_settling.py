"""The sweeps can fail: without the look at the version list, a lost answer doubles a version."""

from __future__ import annotations

from functools import partial

import pytest

from reconciler.app.settle import Landing, Settler
from reconciler.sandbox import Sandbox
from reconciler.server.transport import Transport
from tests.faults.test_pairs import REQUESTS, in_process
from tests.faults.test_single_faults import REQUESTS as WHOLE_RUN
from tests.faults.trial import Trial, healed, on_real, say, side_by_side


def sweep() -> list[Trial]:
    """Each answer of the small run dropped."""
    return [in_process({k: "502_after"}) for k in range(1, REQUESTS + 1) if "502_after" in kinds_of(k)]


def kinds_of(number: int) -> tuple[str, ...]:
    """The faults of the k-th request of the run without faults."""
    from tests.faults.wire import kinds

    return kinds(in_process({}).seen[number - 1])


def test_settling_is_what_keeps_versions_from_being_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """With it none is; where it always says that nothing landed, an update and a repair are. A create is refused the
    second time, since its id is taken."""
    assert [str(d) for d in sweep() if d.problems] == []
    monkeypatch.setattr(Settler, "_look", lambda self, landed, seconds: Landing.NOT_YET)
    doubled = {p.split(":")[0] for d in sweep() for p in d.problems if "2 new versions" in p}
    say(f"doubled without settling: {', '.join(sorted(doubled))}")
    assert doubled == {"edit/one", "back/b-prompt"}


@pytest.mark.needs_all  # for ten seconds
def test_the_sweep_on_the_real_server_fails_without_it(
    real_server: Sandbox, direct: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer dropped once: all that makes a version makes two."""
    monkeypatch.setattr(Settler, "_look", lambda self, landed, seconds: Landing.NOT_YET)
    numbers = range(1, WHOLE_RUN + 1)
    done = side_by_side([partial(on_real, real_server.url, direct, {k: "answer_dropped"}) for k in numbers])
    doubled = {p.split(":")[0] for d in done for p in d.problems if "2 new versions" in p}
    say(f"real server, without settling: {sum(not healed(d) for d in done)} of {len(done)} not healed")
    assert doubled == {"edit/one", "edit/two", "back/b-prompt"}
