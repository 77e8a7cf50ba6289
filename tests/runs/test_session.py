"""A session has what it was asked for: a runner for runs, a writer for writes, neither for reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from reconciler.app.session import connect
from reconciler.model.trial import Answered
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.runner import RunOf
from tests.fake import FakeServer, default_id, listen


@pytest.fixture
def found() -> Iterator[ResolvedDeployment]:
    """A server that the settings name."""
    with listen(FakeServer()) as url:
        yield ResolvedDeployment(name="fake", url=url)


@pytest.mark.parametrize(("write", "runs"), [(False, False), (False, True), (True, False), (True, True)])
def test_what_a_session_can_do(found: ResolvedDeployment, tmp_path: Path, write: bool, runs: bool) -> None:
    """What may write runs nothing unless it was asked for; what may run may not write."""
    with connect(found, tmp_path, {}, write=write, runs=runs) as session:
        assert (session.writer is not None) == write
        assert (session.runner is not None) == runs
        if session.runner is not None:
            what = RunOf(assistant_id=default_id("writer"), input={})
            assert isinstance(session.runner.run(what, seconds=10, stop=Event()), Answered)
