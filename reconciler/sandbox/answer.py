"""What a stand-in graph says: no model is asked, so two assistants differ as their contexts do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def answer(context: Mapping[str, Any]) -> str:
    """Return one line: the models that the context names, and the first line of its prompt.

    ``[model_name openai] You write short posts.`` Fields are recognised by their names, at every
    depth; a context with none of them gives a line that says so.
    """
    texts = [(path, path.rpartition(".")[2].lower(), text) for path, text in _texts(context)]
    models = ", ".join(f"{path} {text}" for path, name, text in texts if "model" in name)
    prompts = (text for _, name, text in texts if "prompt" in name)
    said = next((line for text in prompts for line in _lines(text)), "")
    head = f"[{models}]" if models else "[no model in this context]"
    return f"{head} {said}".rstrip()


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())
