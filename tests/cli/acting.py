"""A graph with a tool that acts: it refunds, into the file that its context names. For the real server alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime
from pydantic import BaseModel
from typing_extensions import TypedDict


class Context(BaseModel):
    """`ledger` is where it writes; it waits for `slow` seconds before it answers."""

    prompt: str = "no prompt"
    tone: str = "no tone"
    ledger: str = ""
    slow: float = 0.0
    limit: int | None = None


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    answer: str


@tool
def refund(amount: int, ledger: str) -> str:
    """Refund an amount."""
    _write(ledger, f"refunded {amount}")
    return "refunded"


async def agent(state: State, runtime: Runtime[Context]) -> State:
    """Calls the tool, then says that it is done, in its words."""
    context = runtime.context
    said = f"{context.prompt}\n{context.tone}"
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage(content=f"done\n{said}")], "answer": context.prompt}
    _write(context.ledger, f"began {context.prompt}")
    await asyncio.sleep(context.slow)
    call = {"name": "refund", "args": {"amount": 5, "ledger": context.ledger}, "id": "1"}
    return {"messages": [AIMessage(content=f"I will\n{said}", tool_calls=[call])], "answer": context.prompt}


def _write(ledger: str, line: str) -> None:
    if ledger:
        with Path(ledger).open("a") as file:
            file.write(f"{line}\n")


def _next(state: State) -> Any:
    last = state["messages"][-1]
    return "tools" if isinstance(last, AIMessage) and last.tool_calls else END


_graph = StateGraph(State, context_schema=Context)
_graph.add_node("agent", agent)
_graph.add_node("tools", ToolNode([refund]))
_graph.add_edge(START, "agent")
_graph.add_conditional_edges("agent", _next, ["tools", END])
_graph.add_edge("tools", "agent")
graph = _graph.compile(name="acting")
