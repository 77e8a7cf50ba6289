"""Every case in every form is as its golden file shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.render import annotations, json, markdown, text
from tests.render.cases import PLANS, REPORTS
from tests.render.conftest import GOLDEN
from tests.render.one_text import one_text

Golden = Callable[[str, str], None]
FORMS = {"txt": text, "md": markdown, "json": json}


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("name", PLANS)
def test_plan(name: str, ending: str, golden: Golden) -> None:
    """A plan is rendered as its golden file shows it."""
    golden(f"{name}.{ending}", one_text(FORMS[ending].plan(PLANS[name])))


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, ending: str, golden: Golden) -> None:
    """A report is rendered as its golden file shows it."""
    golden(f"{name}.{ending}", one_text(FORMS[ending].report(REPORTS[name])))


def test_verbose(golden: Golden) -> None:
    """With -v there are ids, commits, whole new prompts and the keys of what is unchanged."""
    golden("create-verbose.txt", one_text(text.plan(PLANS["create"], verbose=True)))
    golden("report-ok-verbose.txt", one_text(text.report(REPORTS["report-ok"], verbose=True)))


def test_diagnostics(golden: Golden) -> None:
    """Diagnostics come by place for people, and by what matters most as annotations."""
    found = [*PLANS["create"].diagnostics, *PLANS["refused"].refused, *PLANS["blocked-by-drift"].diagnostics[-1:]]
    golden("diagnostics.txt", text.diagnostics(found))
    golden("diagnostics-piped.txt", text.diagnostics(found, width=None))
    golden("annotations.txt", annotations.commands(found))


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    cases = {f"{name}.{ending}" for name in (*PLANS, *REPORTS) for ending in FORMS}
    extra = {"create-verbose.txt", "report-ok-verbose.txt", "annotations.txt"}
    extra |= {"diagnostics.txt", "diagnostics-piped.txt"}
    assert {path.name for path in GOLDEN.iterdir()} == cases | extra
