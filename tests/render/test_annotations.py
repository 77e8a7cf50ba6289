"""Diagnostics as workflow commands of GitHub Actions."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.render.annotations import LONGEST, LONGEST_TITLE, MOST_OF_A_KIND, command, commands
from reconciler.render.escape import CONTROL
from tests.render.strategies import diagnostics, texts


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


def test_the_place_is_seen_from_the_top() -> None:
    """The settings may stand in a folder of the repository: GitHub wants paths from its top. No path, no prefix."""
    found = Diagnostic(severity="error", code="x", message="m", path="assistants/a.yaml", line=2)
    assert command(found, "gitops/").startswith("::error file=gitops/assistants/a.yaml,line=2,")
    assert "file=" not in command(replace(found, path=None), "gitops/")


def many(severity: Severity, number: int, path: str | None = "a.yaml") -> list[Diagnostic]:
    return [
        Diagnostic(
            severity=severity, code=f"c{n:02}", message=f"{severity} {n}", path=path, line=n + 1 if path else None
        )
        for n in range(number)
    ]


def test_no_more_than_github_shows() -> None:
    """Ten of a kind, thirty in all; the last line says in words what is left out, and is no command."""
    lines = commands([*many("note", 12), *many("warning", 10), *many("error", 31)]).splitlines()
    kinds = [line.split(" ")[0] for line in lines[:-1]]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1] == "Not shown as annotations: 21 errors, 2 notes. GitHub shows 10 of a kind a step."
    assert "Not shown" not in commands(many("error", 10))
    assert "annotations: 1 error. " in commands(many("error", 11))


def test_what_has_a_line_comes_first() -> None:
    """An error on a line of the pull request is worth more than one without: it is seen beside the change."""
    lines = commands([*many("error", 9, None), *many("error", 9, "z.yaml")]).splitlines()
    assert [("file=" in line) for line in lines[:-1]] == [True] * 9 + [False]


def test_each_once() -> None:
    """What several deployments' documents say of one place is one annotation."""
    found = many("error", 1)
    assert commands([*found, *found]).count("::error file=") == 1


def test_a_long_text_is_cut() -> None:
    """The runner would cut after 4,096 characters, and with it what to do. Neither half pushes out the other."""
    found = Diagnostic(severity="error", code="c" * 9999, message="m" * 9999, hint="h" * 9999)
    line = command(found)
    title, message = line.removeprefix("::error title=").split("::")
    assert len(title) == LONGEST_TITLE
    said, hint = message.split("%0A")
    assert said.endswith("m …")
    assert hint.endswith("h …")
    assert len(said) + 1 + len(hint) == LONGEST
    assert len(command(replace(found, hint=None)).split("::")[2]) == LONGEST


def test_a_character_shown_by_its_number_counts_as_long_as_it_is_shown() -> None:
    """Text full of invisible characters becomes longer, and is cut after that."""
    assert len(command(Diagnostic(severity="note", code="c", message="\u200b" * 4000)).split("::")[2]) == LONGEST


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command, its properties and its message, as the runner takes them apart."""
    assert line.startswith("::")
    head, message = line[2:].split("::", 1)
    name, _, rest = head.partition(" ")
    properties = dict(part.split("=", 1) for part in rest.split(",") if part)

    def plain(text: str) -> str:
        for escape, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(escape, character)
        return text

    return name, {key: plain(value) for key, value in properties.items()}, plain(message)


@given(st.lists(diagnostics, max_size=40), texts)
def test_one_line_each(found: list[Diagnostic], prefix: str) -> None:
    """Whatever a diagnostic holds, it is one command on one line: the runner reads what was meant and nothing else."""
    text = commands(found, prefix)
    assert text == "" or text.endswith("\n")
    lines = text.split("\n")[:-1]
    given = [line for line in lines if not line.startswith("Not shown as annotations: ")]
    assert len(given) <= 3 * MOST_OF_A_KIND
    assert len(lines) - len(given) <= 1
    for line in given:
        name, properties, message = read(line)
        assert name in ("error", "warning", "notice")
        assert properties.keys() <= {"file", "line", "col", "title"}
        assert all(number.isdecimal() for field in ("line", "col") if (number := properties.get(field)) is not None)
        assert len(message) <= LONGEST
        assert "##[" not in line
        assert not re.search(rf"[{CONTROL}]", line.replace("\t", ""))
