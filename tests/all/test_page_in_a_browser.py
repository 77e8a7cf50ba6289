"""The page of a plan in a browser, as a reader opens it: it asks nobody for anything, runs nothing, and folds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.render import page
from tests.all.test_markdown_in_a_browser import HOSTILE, NODE, QUIET, said_by_others
from tests.render import cases
from tests.render.comment_cases import PLANS
from tests.render.tried_cases import TRIED, tried_by_others

pytestmark = pytest.mark.needs_all

Open = Callable[[str], Any]

AXE = NODE / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser(tool: Callable[..., str]) -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        path = tool("chromium", "chromium-browser", "google-chrome")
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file and holds against it each request but the first, each message and each error."""
    contexts: list[Any] = []

    def show(html: str, **how: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(**how)
        contexts.append(context)
        tab = context.new_page()
        tab.asked, tab.refused, tab.said = [], [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("requestfailed", lambda request: tab.refused.append(request.failure))
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.goto(file.as_uri(), wait_until="networkidle")
        return tab

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(opened: Open, text: str) -> None:
    """Whatever others wrote, the page fetches nothing, runs nothing, and its own policy has nothing to stop."""
    tab = opened(page.plan(said_by_others(text), tried=tried_by_others(text)))
    assert len(tab.asked) == 1
    assert tab.said == []
    assert tab.evaluate("typeof window.ran") == "undefined"
    assert tab.evaluate("document.querySelectorAll('script, img, iframe, a, link, svg, object, form').length") == 0


def test_its_policy_would_stop_a_script_and_a_request(opened: Open) -> None:
    """Were something ever not escaped, the page would still neither run nor fetch it."""
    planted = "<script>window.ran = true</script><img src='https://evil.example/p.png' onerror='window.ran = true'>"
    html = page.plan(PLANS["one-prompt"]).replace("<main>", f"<main>{planted}")
    tab = opened(html)
    assert tab.evaluate("typeof window.ran") == "undefined"
    assert tab.refused == ["csp"]
    assert any("Content Security Policy" in one for one in tab.said)


def test_folds_open_and_close(opened: Open) -> None:
    """A short difference is open, a long one is not; a click on its line changes that."""
    tab = opened(page.plan(cases.PLANS["create"]))
    folds = tab.locator("main details")
    was = [fold.get_attribute("open") is not None for fold in folds.all()]
    assert set(was) == {True, False}
    for fold in folds.all():
        fold.locator("summary").click()
    assert [fold.get_attribute("open") is not None for fold in folds.all()] == [not one for one in was]


def test_answers_are_folded(opened: Open) -> None:
    """How a try went is in sight; what was asked and answered is where its line is clicked."""
    tab = opened(page.plan(TRIED["tried"][0], tried=TRIED["tried"][1]))
    assert tab.get_by_text("passed in 1.2 s").is_visible()
    answer = tab.get_by_text("Limits: files of more than 2 GB are refused.")
    assert not answer.is_visible()
    tab.locator("summary", has_text="names the limits").click()
    assert answer.is_visible()
    assert tab.get_by_text("Limits: none that we know of.").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_day_and_night(opened: Open, scheme: str) -> None:
    """By day and by night the page has its own background, and axe finds nothing: contrast, names, order, frame."""
    made = replace(PLANS["blocked-deletion"], diagnostics=PLANS["settings"].diagnostics)
    tab = opened(page.plan(made, tried=TRIED["tried-failed"][1]), color_scheme=scheme, bypass_csp=True)
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert (
        tab.evaluate("getComputedStyle(document.body).backgroundColor")
        == {
            "light": "rgb(255, 255, 255)",
            "dark": "rgb(13, 17, 23)",
        }[scheme]
    )
    tab.evaluate(AXE.read_text("utf-8"))
    found = tab.evaluate("axe.run().then(r => ({bad: r.violations.map(v => v.id), good: r.passes.map(v => v.id)}))")
    assert found["bad"] == []
    assert {"color-contrast", "html-has-lang", "document-title", "summary-name"} <= set(found["good"])


def test_it_fits_a_phone(opened: Open) -> None:
    """On a narrow screen nothing stands out to the right, however long a word is."""
    long = "x" * 400
    tab = opened(page.plan(said_by_others(long), tried=tried_by_others(long)), viewport={"width": 360, "height": 640})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_has_a_frame_for_those_who_hear_it(opened: Open) -> None:
    """A language, a title, one main part, one first heading, and no level of headings is left out."""
    tab = opened(page.plan(PLANS["already-on-main"]))
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.title().startswith("staging: applying this changes")
    assert [tab.locator(name).count() for name in ("main", "h1", "header", "footer")] == [1, 1, 1, 1]
    levels = tab.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
