"""The page of a plan: all of it, in a browser, and nothing in it runs, fetches or is made of text of others."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from msgspec.structs import replace

from reconciler.model.plan import Plan
from reconciler.render import page
from reconciler.render.escape import CONTROL, terminal
from tests.render import cases
from tests.render.cases import HOSTILE_TEXT, field, update
from tests.render.comment_cases import PLANS, SHARED_BY_ALL, proposed
from tests.render.html_reader import Page
from tests.render.strategies import FEW
from tests.render.test_comment import asked, everywhere

WRITTEN = {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "h1", "h2", "p", "code"}
WRITTEN |= {"strong", "details", "summary", "div", "pre", "span", "ul", "li"}
LITERALS = {
    ("html", "lang", "en"),
    ("meta", "charset", "utf-8"),
    ("meta", "http-equiv", "Content-Security-Policy"),
    ("meta", "name", "viewport"),
    ("meta", "content", "width=device-width, initial-scale=1"),
    ("meta", "name", "referrer"),
    ("meta", "content", "no-referrer"),
    ("details", "open", None),
    ("details", "class", "item"),
    ("div", "class", "item"),
    ("div", "class", "stop"),
    ("footer", "class", "soft"),
    ("p", "class", "soft"),
    ("p", "class", "stop"),
    ("p", "class", "care"),
    ("span", "class", "plus"),
    ("span", "class", "minus"),
    ("span", "class", "at"),
}


def check(text: str) -> Page:
    """Balanced, of known elements, and no attribute but literals of ours and the one policy."""
    text.encode()
    assert not re.search(rf"(?!\n)[{CONTROL}]", text)
    read = Page(text)
    assert set(read.elements) <= WRITTEN
    policies = {value for _, name, value in read.attributes if name == "content"} - {v for _, _, v in LITERALS}
    digest = base64.b64encode(hashlib.sha256(read.style.encode()).digest()).decode()
    assert policies == {f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"}
    assert {one for one in read.attributes if one[2] not in policies} <= LITERALS
    assert read.comments == []
    assert not re.search(r"url\(|@import|https?:", read.style)
    return read


@FEW
@given(asked)
def test_any_page(any_plan: Plan) -> None:
    """No string of a plan becomes an element, an attribute or a comment."""
    check(page.plan(any_plan))


@pytest.mark.parametrize("name", [*PLANS, *cases.PLANS])
def test_cases(name: str) -> None:
    """Every plan that we know makes a sound page."""
    check(page.plan((PLANS | cases.PLANS)[name]))


@pytest.mark.parametrize(
    "planted",
    [
        "<script>window.ran = true</script>",
        "' onclick='x",
        '" autofocus onfocus="x',
        "</style></title></pre></details>",
        "{{ 7 * 7 }}{% raw %}",
        "<!-- x -->",
        "&lt;b&gt;",
        HOSTILE_TEXT,
    ],
)
def test_planted_text_is_shown(planted: str) -> None:
    """Text of others is there as it is, character for character, in an unchanged frame."""
    read, plain = check(page.plan(everywhere(planted))), check(page.plan(everywhere("plain words")))
    frame = WRITTEN - {"p", "span", "pre", "code"}  # a text of several lines has more of these
    assert {name: read.elements[name] for name in frame} == {name: plain.elements[name] for name in frame}
    assert terminal(planted) in "".join(read.texts)


def test_nothing_is_left_out() -> None:
    """A long prompt, and every name of 120 assistants, stand on the page in full."""
    text = "".join(f"Line {number} of a long prompt.\n" for number in range(9_000))
    read = check(page.plan(proposed(update("a/b", field("context.prompt", "", text)), *SHARED_BY_ALL, keys=("a/b",))))
    shown = "".join(read.texts)
    assert all(f"+ Line {number} of a long prompt." in shown for number in (0, 4_567, 8_999))
    assert all(f"{change.wanted.path}:1" in shown for change in SHARED_BY_ALL)
    assert "Shortened" not in shown


def test_it_says_what_the_comment_says() -> None:
    """The title, what stops it, and each part are there; what is unchanged is named, too."""
    shown = "".join(check(page.plan(PLANS["already-on-main"])).texts)
    for said in (
        "applying this changes 4 assistants",
        "Needs care",
        "Already on main, not yet applied",
        "writer/newsletter",
    ):
        assert said in shown
    assert "blocked, applying this would write nothing" in "".join(check(page.plan(PLANS["blocked-deletion"])).texts)


def test_no_version_without_a_server() -> None:
    """Where no server was asked, the page speaks of no version and names no address."""
    shown = "".join(check(page.plan(PLANS["fork"])).texts)
    assert "No server was asked" in shown
    assert not re.search(r"version \d|https:", shown)


def test_a_deployment_without_a_name() -> None:
    """A bare address is a deployment, too."""
    made = replace(cases.PLANS["prompt"], deployment=replace(cases.STAGING, name=None))
    assert "The deployment:" in "".join(check(page.plan(made)).texts)
