"""The stand-in graph: it publishes one context schema, and answers a run with its context.

Runs in the server's process only; the one module that imports langgraph and pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from reconciler.sandbox.answer import answer


class State(TypedDict, total=False):
    """What goes in (``messages``, ``input``) and what comes out (``answer``, ``context`` too)."""

    messages: Annotated[list[AnyMessage], add_messages]
    input: Any
    answer: str
    context: dict[str, Any]


def declares_no_context(schema: Mapping[str, Any]) -> bool:
    """Whether the file stands for a graph without a context schema, where the server says null."""
    return schema.get("$comment") == "this graph declares no context schema"


def stand_in(graph_id: str, schema: Mapping[str, Any]) -> Any:
    """Return a compiled graph that publishes ``schema``, verbatim, as its context schema.

    It takes any context: like real servers, it checks nothing (docs/server.md, S8).
    """
    context_schema = None if declares_no_context(schema) else _context_model(schema)
    graph = StateGraph(State, context_schema=context_schema)
    graph.add_node("answer", _answer)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile(name=graph_id)


def _context_model(schema: Mapping[str, Any]) -> type[BaseModel]:
    class Context(BaseModel):
        model_config = ConfigDict(extra="allow", protected_namespaces=())

        @classmethod
        def model_json_schema(cls, *_args: Any, **_options: Any) -> dict[str, Any]:
            return dict(schema)

    return Context


async def _answer(state: State, runtime: Runtime[Any]) -> State:
    given = runtime.context
    context = given.model_dump() if isinstance(given, BaseModel) else dict(given or {})
    text = answer(context)
    return {"messages": [AIMessage(content=text)], "answer": text, "context": context}
