"""A graph that acts: its tool writes into a file that the context names, so that what has run can be counted."""

import asyncio
import typing

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.config import get_config
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import BaseModel
from typing_extensions import TypedDict


class Context(BaseModel):
    prompt: str = "by default"
    journal: str = ""
    seconds: float = 0.0
    fails: bool = False
    asks: bool = False
    tells: bool = False
    limit: int | None = None
    letters: int = 0
    levels: int = 0


class State(TypedDict, total=False):
    messages: typing.Annotated[list[AnyMessage], add_messages]
    answer: str
    nested: typing.Any
    seen: dict[str, typing.Any]


def _note(journal: str, line: str) -> None:
    if journal:
        with open(journal, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")


@tool
def refund(amount: int, journal: str) -> str:
    """Gives money back."""
    _note(journal, f"refund {amount}")
    return "refunded"


async def _agent(state: State, runtime: Runtime[Context]) -> State:
    context = runtime.context
    if context.tells:
        return {"seen": {name: get_config()["configurable"].get(name) for name in ("prompt", "undeclared")}}
    acted = any(isinstance(message, ToolMessage) for message in state.get("messages", []))
    if not acted:
        _note(context.journal, "begun")
    await asyncio.sleep(0 if acted else context.seconds)
    if context.fails:
        raise ValueError("the model said no")
    if context.asks:
        interrupt({"question": "sure?"})
    if acted:
        nested: typing.Any = "inside"
        for _ in range(context.levels):
            nested = [nested]
        said = f"done: {context.prompt}{'x' * context.letters}"
        return {"messages": [AIMessage(content=said)], "answer": context.prompt, "nested": nested}
    call = {"name": "refund", "args": {"amount": 5, "journal": context.journal}, "id": "1"}
    return {"messages": [AIMessage(content="one moment", tool_calls=[call])]}


def _next(state: State) -> str:
    return "tools" if getattr(state["messages"][-1], "tool_calls", None) else END


_graph = StateGraph(State, context_schema=Context)
_graph.add_node("agent", _agent)
_graph.add_node("tools", ToolNode([refund]))
_graph.add_edge(START, "agent")
_graph.add_conditional_edges("agent", _next, ["tools", END])
_graph.add_edge("tools", "agent")
acting = _graph.compile(name="acting")
