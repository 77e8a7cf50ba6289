"""The answer of a stand-in graph is one line made of its context."""

from __future__ import annotations

from reconciler.sandbox.answer import answer


def test_model_and_first_line_of_the_prompt() -> None:
    """The first line that has text is taken."""
    context = {"model_name": "openai", "system_prompt": "\n  You write posts.  \nShort ones.\n"}
    assert answer(context) == "[model_name openai] You write posts."


def test_fields_are_found_at_every_depth() -> None:
    """Models are all named, in order; lists and objects are looked into."""
    context = {"planner": {"model": "a"}, "steps": [{"model": "b", "prompt": "Search."}]}
    assert answer(context) == "[planner.model a, steps.model b] Search."


def test_a_context_without_either_still_answers() -> None:
    """Other values and other types do not matter."""
    assert answer({"model": 3, "tone": "warm"}) == "[no model in this context]"
