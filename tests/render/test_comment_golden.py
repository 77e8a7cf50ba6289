"""Every comment on a pull request, and every summary, is as its golden file shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.render import comment
from tests.render.comment_cases import FAILED, PLANS
from tests.render.conftest import COMMENTS
from tests.render.tried_cases import TRIED

Golden = Callable[[str, str], None]
SUMMARIES = ("drift-and-pull-request", "fork", "blocked-deletion")


@pytest.mark.parametrize("name", PLANS)
def test_comment(name: str, golden_comment: Golden) -> None:
    """A plan on a pull request reads as its golden file."""
    golden_comment(f"{name}.md", comment.plan(PLANS[name]))


@pytest.mark.parametrize("name", FAILED)
def test_failed(name: str, golden_comment: Golden) -> None:
    """Where no plan could be made, the comment says so, and why."""
    golden_comment(f"{name}.md", comment.failed(*FAILED[name]))


@pytest.mark.parametrize("name", SUMMARIES)
def test_summary(name: str, golden_comment: Golden) -> None:
    """The summary of a run says the same, and speaks of no merge."""
    golden_comment(f"{name}-summary.md", comment.summary(PLANS[name]))


def test_failed_summary(golden_comment: Golden) -> None:
    """So does that of a plan that could not be made."""
    golden_comment("broken-manifest-summary.md", comment.failed_summary(*FAILED["broken-manifest"]))


@pytest.mark.parametrize("name", TRIED)
def test_tried(name: str, golden_comment: Golden) -> None:
    """A plan with what was tried of it: the verdicts in sight, the answers folded under the change."""
    plan, tried = TRIED[name]
    golden_comment(f"{name}.md", comment.plan(plan, tried=tried))


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    expected = {f"{name}.md" for name in (*PLANS, *FAILED, *TRIED)}
    expected |= {f"{name}-summary.md" for name in (*SUMMARIES, "broken-manifest")}
    assert {path.name for path in COMMENTS.iterdir()} == expected
