"""The Markdown that we write, rendered and loaded in a browser: text of others stays text.

GitHub cleans what it renders. Here nothing does: raw HTML stays, addresses become links, scripts may run.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.model.change import FieldChange, Reason
from reconciler.model.plan import Deployment, Guard, Held, Plan
from reconciler.render import comment, escape, markdown
from tests.render import cases
from tests.render.tried_cases import tried_by_others

pytestmark = pytest.mark.needs_all

NODE = Path(__file__).resolve().parents[1] / "node"
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUIET += ("--disable-component-update", "--disable-sync")

HOSTILE = [
    "<script>window.ran = true</script>",
    "<img src=x onerror='window.ran = true'>",
    "<a href='javascript:window.ran = true'>click</a>",
    "[click](javascript:window.ran=true)",
    "[click](//evil.example) ![pixel](//evil.example/p.png)",
    "<https://evil.example> https://evil.example http://evil.example ftp://evil.example",
    "www.evil.example WWW.evil.com a@evil.example mailto:a@evil.example",
    "</details></summary></table></code></pre><h1>Approved</h1>",
    "# Approved\n\n- [x] reviewed\n\n> quoted\n\n---",
    "`<svg onload='window.ran = true'>` ``` \n```\n<iframe srcdoc='<script>parent.ran = true</script>'></iframe>",
    "a | b\n|---|---|\n| **bold** _em_ ~~gone~~ |",
    "&lt;script&gt; &#60;script&#62;",
    "<!-- hidden <b>",
    "\\<b\\> \\`<b>\\`",
    "[ref]: https://evil.example\n\n[ref]",
    "    <b>indented</b>",
    "<style>body { display: none }</style>",
]

PLACES = {
    "paragraph": "Before {} after",
    "start": "{}",
    "list": "- {}\n- next",
    "heading": "## {}",
    "cell": "| a | b |\n|---|---|\n| {} | c |",
    "bold": "**{}**",
    "summary": "<details><summary>{}</summary>\n\ninside\n\n</details>",
}

OURS = {
    "paragraph": ["P"],
    "start": ["P"],
    "list": ["UL", "LI", "LI"],
    "heading": ["H2"],
    "cell": ["TABLE", "THEAD", "TR", "TH", "TH", "TBODY", "TR", "TD", "TD"],
    "bold": ["P", "STRONG"],
    "summary": ["DETAILS", "SUMMARY", "P"],
}

WRITTEN = {"H2", "H3", "P", "BR", "B", "STRONG", "CODE", "PRE", "UL", "LI", "BLOCKQUOTE", "DETAILS", "SUMMARY"}
WRITTEN |= {"TABLE", "THEAD", "TBODY", "TR", "TH", "TD"}
STYLED = {"CODE class", "TH style", "TD style", "DETAILS open"}  # a block's language, a column's alignment, a fold
FRAME = {"H2", "H3", "DETAILS", "SUMMARY", "B", "TABLE", "UL", "BLOCKQUOTE"}

Load = Callable[[str], Any]


def html_of(texts: list[str]) -> list[str]:
    done = subprocess.run(
        ["node", str(NODE / "render.mjs")], input=json.dumps(texts), capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr
    rendered: list[str] = json.loads(done.stdout)
    return rendered


@pytest.fixture(scope="module")
def load(tool: Callable[..., str]) -> Iterator[Load]:
    """Loads HTML into a page that reaches no network; answers with the page, after its scripts have run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        path = tool("chromium", "chromium-browser", "google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())

        def show(html: str) -> Any:
            page.goto("about:blank")
            page.evaluate("window.ran = false")
            page.set_content(html, wait_until="load")
            return page

        yield show
        browser.close()


def elements(page: Any) -> list[str]:
    names: list[str] = page.evaluate("[...document.body.querySelectorAll('*')].map(e => e.tagName)")
    return names


def attributes(page: Any) -> set[str]:
    names: list[str] = page.evaluate(
        "[...document.body.querySelectorAll('*')].flatMap(e => [...e.attributes].map(a => `${e.tagName} ${a.name}`))"
    )
    return set(names)


def comments(page: Any) -> int:
    script = "() => { const w = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);"
    script += " let n = 0; while (w.nextNode()) n++; return n }"
    count: int = page.evaluate(script)
    return count


def said_by_others(text: str) -> Plan:
    """A plan in which this text stands wherever text of others can stand."""
    change = replace(
        cases.update(
            "writer/blog",
            FieldChange(path=("context", text), op="add", after=text),
            FieldChange(path=("name",), op="replace", before=text, after=f"new {text}"),
        ),
        note=text,
        wanted=replace(cases.wanted("writer/blog"), key=text, path=text),
    )
    return cases.plan(
        change,
        deployment=Deployment(name=text, url=text),
        held=(Held(change=replace(change, reasons=(Reason.DRIFT,)), why=text, blocks=True),),
        refused=(replace(cases.REFUSED, message=text, path=text, hint=text),),
        guards=(Guard(guard="renamed", verdict="blocked", message=text, allow=text),),
        diagnostics=(replace(cases.WARNING, message=text, path=None, key=text),),
        foreign={text: 1},
    )


@pytest.mark.parametrize("place", PLACES)
def test_hostile_text_makes_no_element(load: Load, place: str) -> None:
    """Wherever it stands, text of others adds no element to the page, runs nothing and fetches nothing."""
    texts = [
        PLACES[place].format(escape.in_html(text) if place == "summary" else escape.markdown(text)) for text in HOSTILE
    ]
    for text, html in zip(HOSTILE, html_of(texts), strict=True):
        page = load(html)
        assert elements(page) == OURS[place], text
        assert page.evaluate("window.ran") is False, text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_plan_keeps_its_frame(load: Load, text: str) -> None:
    """Whatever others wrote, a plan has the headings, folds and lists of one in which they wrote plain words."""
    plain, hostile = html_of(
        [
            markdown.plan(said_by_others("plain words"), tried=tried_by_others("plain words")),
            markdown.plan(said_by_others(text), tried=tried_by_others(text)),
        ]
    )
    expected, hidden = Counter(elements(load(plain))), comments(load(plain))
    page = load(hostile)
    found = Counter(elements(page))
    assert set(found) <= WRITTEN
    assert {name: found[name] for name in FRAME} == {name: expected[name] for name in FRAME}
    assert attributes(page) <= STYLED
    assert comments(page) == hidden
    assert page.evaluate("window.ran") is False


def test_every_rendering_is_of_known_elements(load: Load) -> None:
    """The Markdown of every case, plan and report, is of the elements that we mean to write and no others."""
    texts = [markdown.plan(plan) for plan in cases.PLANS.values()]
    texts += [markdown.report(report) for report in cases.REPORTS.values()]
    for html in html_of(texts):
        page = load(html)
        assert set(elements(page)) <= WRITTEN
        assert attributes(page) <= STYLED
        assert page.evaluate("window.ran") is False


def test_unescaped_text_would(load: Load) -> None:
    """The same page runs a script and shows a link where nothing is escaped, so the tests above can fail."""
    image, *links = html_of([HOSTILE[1], "see https://evil.example", "see www.evil.example", "see a@evil.example"])
    page = load(image)
    page.wait_for_function("window.ran === true", timeout=10_000)
    assert "IMG" in elements(page)
    assert [elements(load(link)) for link in links] == [["P", "A"]] * 3


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_on_a_pull_request_keeps_its_frame(load: Load, text: str) -> None:
    """So has the comment in plain words: its hidden lines, its folds, and nothing that others wrote."""
    plain, hostile = html_of(
        [
            comment.plan(said_by_others("plain words"), tried=tried_by_others("plain words")),
            comment.plan(said_by_others(text), tried=tried_by_others(text)),
        ]
    )
    expected, hidden = Counter(elements(load(plain))), comments(load(plain))
    page = load(hostile)
    found = Counter(elements(page))
    assert hidden == 1  # the last line: the first one stands before the body
    assert comments(page) == hidden
    assert set(found) <= WRITTEN
    assert {name: found[name] for name in FRAME} == {name: expected[name] for name in FRAME}
    assert attributes(page) <= STYLED
    assert page.evaluate("window.ran") is False
