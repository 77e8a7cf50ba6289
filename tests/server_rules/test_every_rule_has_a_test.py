"""docs/server.md and these tests say the same: no rule without a test, no test without a rule."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.fake import MATRIX

DOC = Path(__file__).parents[2] / "docs" / "server.md"
REAL = {"api", "create", "alice", "bob", "guarded", "restarted", "real_server", "acting_server"}
RULE = re.compile(r"^### S(\d+) ", re.MULTILINE)
ROW = re.compile(r"^\| S(\d+) \| (.*) \| (.*) \|$", re.MULTILINE)
WORD = re.compile(r"`(\w+)`")


def _tests() -> dict[str, ast.FunctionDef]:
    """Every rule's test in this folder, by name."""
    return {
        node.name: node
        for path in Path(__file__).parent.glob("test_s_*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_S")
    }


def _rows() -> dict[int, tuple[list[str], list[str]]]:
    """The table at the page's end: rule -> its tests on the real server, and its traits."""
    found = ROW.findall(DOC.read_text("utf-8"))
    return {int(rule): (WORD.findall(tests), WORD.findall(traits)) for rule, tests, traits in found}


def _on_the_real_server(test: ast.FunctionDef) -> bool:
    return bool(REAL & {argument.arg for argument in test.args.args})


def test_every_rule_has_a_test() -> None:
    """S1 to S32, each with a heading, a row in the table, and a test that has its number."""
    rules = sorted(int(number) for number in RULE.findall(DOC.read_text("utf-8")))
    tested = {int(name.removeprefix("test_S").partition("_")[0]) for name in _tests()}
    assert rules == list(range(1, 33))
    assert sorted(tested) == rules
    assert sorted(_rows()) == rules


def test_every_test_says_its_rule() -> None:
    """A docstring of one line."""
    for name, test in _tests().items():
        words = ast.get_docstring(test)
        assert words, f"{name} has no docstring"
        assert "\n" not in words, f"{name}: {words}"


def test_the_table_names_the_tests_on_the_real_server() -> None:
    """All of them, and only those: a test is on the real server if it asks for its fixture."""
    for rule, (named, _) in _rows().items():
        real = [name for name, test in _tests().items() if _on_the_real_server(test)]
        assert sorted(named) == sorted(name for name in real if name.startswith(f"test_S{rule}_"))


def test_a_rule_not_shown_in_memory_names_its_trait() -> None:
    """And every trait of the fake belongs to a rule."""
    for rule, (tests, traits) in _rows().items():
        assert tests or traits, f"S{rule} is shown by nothing"
        assert set(traits) <= set(MATRIX), f"S{rule}: {set(traits) - set(MATRIX)}"
    assert {trait for _, traits in _rows().values() for trait in traits} == set(MATRIX)
