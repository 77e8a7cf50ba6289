"""The server is real; its graphs publish the given schemas and answer with their context."""

from __future__ import annotations

from typing import Any

import httpx2

Schemas = dict[str, dict[str, Any]]


def _assistant(client: httpx2.Client, graph_id: str) -> dict[str, Any]:
    found = client.post("/assistants/search", json={"graph_id": graph_id}).json()
    assert isinstance(found, list)
    (assistant,) = found
    return dict(assistant)


def _run(client: httpx2.Client, assistant_id: str, **body: Any) -> dict[str, Any]:
    said = client.post("/runs/wait", json={"assistant_id": assistant_id, "input": {}, **body})
    return dict(said.raise_for_status().json())


def test_every_graph_has_its_default_assistant(client: httpx2.Client, schemas: Schemas) -> None:
    """When `serve` says that the server is there, all graphs are."""
    assistants = client.post("/assistants/search", json={}).json()
    assert {found["graph_id"] for found in assistants} == set(schemas)
    assert {found["metadata"]["created_by"] for found in assistants} == {"system"}


def test_context_schemas_are_served_verbatim(client: httpx2.Client, schemas: Schemas) -> None:
    """`context_schema` is exactly the given schema: $defs, defaults and unknown keywords too."""
    for graph_id in ("writer", "open.graph-2"):
        assistant_id = _assistant(client, graph_id)["assistant_id"]
        served = client.get(f"/assistants/{assistant_id}/schemas").json()
        assert served["context_schema"] == schemas[graph_id]


def test_a_graph_without_context_says_null(client: httpx2.Client) -> None:
    """The file that stands for "no context schema" is served as the null that it came from."""
    assistant_id = _assistant(client, "silent")["assistant_id"]
    assert client.get(f"/assistants/{assistant_id}/schemas").json()["context_schema"] is None


def test_two_assistants_of_one_graph_answer_differently(client: httpx2.Client) -> None:
    """A run answers with the model and the first line of the prompt of its assistant."""
    answers = []
    for model, prompt in (("openai", "\nYou write posts.\nShort ones."), ("anthropic", "Blog.")):
        context = {"model_name": model, "system_prompt": prompt}
        body = {"graph_id": "writer", "name": model, "context": context}
        assistant_id = client.post("/assistants", json=body).json()["assistant_id"]
        result = _run(client, assistant_id, input={"messages": [("user", "Hello")]})
        assert result["context"] == context
        assert result["messages"][-1]["content"] == result["answer"]
        answers.append(result["answer"])
    assert answers == ["[model_name openai] You write posts.", "[model_name anthropic] Blog."]


def test_the_context_of_a_run_is_echoed_unchecked(client: httpx2.Client) -> None:
    """Wrong types, values outside an enum and unknown nested fields come back as they were sent."""
    context = {"model_name": 7, "limits": {"words": "many", "unknown": [1, 2.5, None]}}
    assert _run(client, "writer", context=context)["context"] == context


def test_an_open_schema_echoes_unknown_fields(client: httpx2.Client) -> None:
    """A graph whose schema names no fields gets all that were sent."""
    context = {"mood": "ahead of the graph", "nested": {"deep": True}}
    for graph_id in ("open.graph-2", "silent"):
        assert _run(client, graph_id, context=context)["context"] == context


def test_the_server_drops_fields_that_a_closed_schema_does_not_name(client: httpx2.Client) -> None:
    """What the real server does before the graph sees it is not hidden by the stand-in."""
    context = {"model_name": "openai", "not_deployed_yet": 1}
    assert _run(client, "writer", context=context)["context"] == {"model_name": "openai"}


def test_any_input_is_taken(client: httpx2.Client) -> None:
    """A run needs no messages: what is under `input` comes back."""
    assert _run(client, "writer", input={"input": {"topic": "tea"}})["input"] == {"topic": "tea"}
