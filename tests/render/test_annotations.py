"""Diagnostics as workflow commands of GitHub Actions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.diagnostic import Diagnostic
from reconciler.render.annotations import command, commands
from tests.render.strategies import diagnostics


def test_properties_and_message_are_escaped() -> None:
    """Colons and commas would end a property, a per cent sign would begin an escape, a line end the command."""
    found = Diagnostic(
        severity="error", code="x", message="50%: a, b\r\nnext", path="a,b:c.yaml", line=3, column=5, hint="try\nthis"
    )
    assert command(found) == "::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=x::50%25: a, b%0D%0Anext%0Atry%0Athis"


def test_a_note_is_a_notice() -> None:
    """GitHub's third kind has another name, and without a file there is no line."""
    found = Diagnostic(severity="note", code="unmanaged", message="two", line=3, key="writer/tweet")
    assert command(found) == "::notice title=writer/tweet%3A unmanaged::two"


@given(st.lists(diagnostics, max_size=4))
def test_one_line_each(found: list[Diagnostic]) -> None:
    """Whatever a diagnostic holds, it is one command on one line."""
    lines = commands(found).splitlines()
    assert len(lines) == len(found)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
