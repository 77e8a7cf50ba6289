"""Drift for a terminal, for GitHub and for machines: golden files, and what holds for any input."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from reconciler.model.change import FieldChange, State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.drift import Drift, Drifted, Who
from reconciler.model.live import Version
from reconciler.model.marker import Marker
from reconciler.model.plan import Deployment
from reconciler.render import drift_json, drift_markdown, drift_text
from reconciler.render import json as rendered
from reconciler.render.when import when
from reconciler.render.wrap import cells
from tests.render.cases import BLOG, IDS, OWNER, STAGING, wanted

GOLDEN = Path(__file__).parent / "golden_drift"
FORMS = {"txt": drift_text, "md": drift_markdown, "json": drift_json}
HOSTILE = "x`@everyone` </code></summary>\x1b[31m\u202e|#1\n::add-mask::x"


def _row(
    number: int, key: str, *, ours: bool = False, made: str | None = "2026-11-20T23:14:02.123456+00:00"
) -> Version:
    commit = "9c1f2ab4d5e6f708192a3b4c5d6e7f8091a2b3c4" if ours else None
    marker = Marker(owner=OWNER, key=key, id=IDS.get(key, "x"), commit=commit, path=f"assistants/{key}.yaml")
    return Version(number=number, spec=wanted(key).spec, marker=marker, created_at=made)


def _edited(key: str, **more: object) -> Drifted:
    field = FieldChange(
        path=("context", "system_prompt"),
        op="replace",
        before=BLOG,
        after=BLOG.replace("4. Name the limits honestly.", "4. Name the limits briefly."),
    )
    made = Drifted(
        wanted=wanted(key),
        state=State.EDITED,
        who=Who.OUTSIDE,
        live=_row(5, key),
        applied=_row(4, key, ours=True, made="2026-11-18T09:00:11+00:00"),
        fields=(field,),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # names and values come from the case


def _rolled(key: str, **more: object) -> Drifted:
    field = FieldChange(path=("context", "model_name"), op="replace", before="anthropic", after="openai")
    made = _edited(key, state=State.ROLLED_BACK, who=Who.UNKNOWN, live=_row(3, key), fields=(field,))
    return replace(made, **more)  # type: ignore[arg-type]  # names and values come from the case


UNKNOWN = Diagnostic(
    severity="note",
    code="applied-unknown",
    message="assistant `writer/blog`: git has not written it yet; the differences are those to what git says now",
    path="assistants/writer/blog.yaml",
    line=1,
    key="writer/blog",
)
REFUSED = Diagnostic(
    severity="error", code="foreign-owner", message="it belongs to another owner", path="a.yaml", line=1
)
KEPT = ("support/tier1", "support/tier2")
CASES = {
    "nothing": Drift(deployment=STAGING, owner=OWNER, as_applied=KEPT),
    "edited": Drift(deployment=STAGING, owner=OWNER, as_applied=KEPT, drifted=(_edited("writer/blog", ahead=True),)),
    "taken": Drift(
        deployment=STAGING,
        owner=OWNER,
        as_applied=KEPT,
        drifted=(_edited("writer/blog", live=_row(6, "writer/blog"), taken=_row(5, "writer/blog")),),
    ),
    "equal": Drift(
        deployment=STAGING,
        owner=OWNER,
        as_applied=KEPT[:1],
        drifted=tuple(_edited(key) for key in ("support/tier3", "writer/blog", "writer/tweet")),
    ),
    "rolled-back": Drift(
        deployment=STAGING,
        owner=OWNER,
        as_applied=KEPT,
        drifted=(
            _rolled("support/tier3", who=Who.RECONCILER, since=True),
            _rolled("writer/blog"),
            _rolled("writer/tweet", who=Who.RECONCILER, ahead=True),
        ),
    ),
    "missing": Drift(
        deployment=STAGING,
        owner=OWNER,
        as_applied=KEPT,
        drifted=(
            Drifted(
                wanted=wanted("writer/blog"),
                state=State.MISSING,
                who=Who.UNKNOWN,
                note="git had it at 9c1f2ab4d5e6, when others were written",
            ),
        ),
    ),
    "unknown": Drift(
        deployment=Deployment(name=None, url="http://127.0.0.1:2024"),
        owner=OWNER,
        drifted=(_edited("writer/blog", live=_row(1, "writer/blog", made=None), applied=None),),
        diagnostics=(UNKNOWN,),
    ),
    "besides": Drift(
        deployment=STAGING,
        owner=OWNER,
        commit="9c1f2ab4d5e6f708192a3b4c5d6e7f8091a2b3c4",
        waiting=("a",),
        half_restored=("b",),
        not_taken=("c", "d"),
        adopted=("e",),
        refused=(REFUSED,),
    ),
    "hostile": Drift(
        deployment=Deployment(name=HOSTILE, url=HOSTILE),
        owner=HOSTILE,
        drifted=(
            _edited(
                HOSTILE,
                note=HOSTILE,
                live=_row(2, HOSTILE, made=HOSTILE),
                fields=(FieldChange(path=("context", HOSTILE), op="add", after=HOSTILE),),
            ),
        ),
    ),
}


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("name", CASES)
def test_drift(name: str, ending: str) -> None:
    """Drift is rendered as its golden file shows it; `UPDATE_GOLDEN=1` rewrites them."""
    path, text = GOLDEN / f"{name}.{ending}", FORMS[ending].drift(CASES[name])
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{ending}" for name in CASES for ending in FORMS}


@pytest.mark.parametrize("name", CASES)
def test_the_json_is_as_published(name: str) -> None:
    """Every case fits the published schema, which is one itself."""
    schema = rendered.schema("drift")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(drift_json.drift(CASES[name])))


@pytest.mark.parametrize("name", ["list", "history"])
def test_the_other_schemas_are_schemas(name: str) -> None:
    """What is published for `list` and `history` can be used to check with."""
    jsonschema.Draft202012Validator.check_schema(rendered.schema(name))


@pytest.mark.parametrize("name", [name for name in CASES if name != "hostile"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_too_long(name: str, width: int) -> None:
    """But for those to copy, and what has no place to break."""
    for line in drift_text.drift(CASES[name], width=width, verbose=True).splitlines():
        assert cells(line) <= width or line.startswith("      reconciler ") or " " not in line.strip(), line


@pytest.mark.parametrize("ending", FORMS)
def test_nothing_from_outside_steers(ending: str) -> None:
    """No control character, no mark that turns writing around, no command for a runner, in any form."""
    text = FORMS[ending].drift(CASES["hostile"])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_colour_changes_no_text() -> None:
    """Colour is painted onto the same text."""
    import click

    for one in CASES.values():
        assert click.unstyle(drift_text.drift(one, colour=True)) == drift_text.drift(one)


def test_a_comment_fits() -> None:
    """A thousand edits make a comment that GitHub takes, which says what was left out and where all of it is."""
    many = tuple(
        _edited(f"writer/{number:04}", fields=(FieldChange(path=("name",), op="add", after=f"{number} " * 100),))
        for number in range(1000)
    )
    text = drift_markdown.drift(replace(CASES["nothing"], drifted=many))
    assert len(text) <= 65_536
    assert "`reconciler drift` shows all of it" in text
    assert text.endswith("**1,000 assistants were changed outside git; 2 are as git applied them.**\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-20T23:14:02.123456+00:00", "2026-11-20 23:14:02 UTC"),
        ("2026-11-20T23:14:02Z", "2026-11-20 23:14:02 UTC"),
        ("2026-11-21T00:14:02+01:00", "2026-11-20 23:14:02 UTC"),
        ("2026-11-20T23:14:02", "2026-11-20 23:14:02"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("yesterday", "yesterday"),
        ("y" * 50, "y" * 40 + "…"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_times(text: str | None, shown: str) -> None:
    """A server's time to the second; what is none is shown as it is, and nothing is made up."""
    assert when(text) == shown
