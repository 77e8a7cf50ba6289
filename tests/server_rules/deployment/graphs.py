"""Graphs of the kinds that S8 and S20 tell of; loaded in the server's process only."""

import typing

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    seen: typing.Any


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    level: int


class OldTyped(typing.TypedDict):
    level: int


def _see(state: State, runtime: Runtime) -> State:
    given = runtime.context
    return {"seen": given.model_dump() if isinstance(given, BaseModel) else given}


def _graph(context_schema: typing.Any) -> typing.Any:
    graph = StateGraph(State, context_schema=context_schema)
    graph.add_node("see", _see)
    graph.add_edge(START, "see")
    graph.add_edge("see", END)
    return graph.compile()


strict = _graph(Strict)
typed = _graph(OldTyped)
silent = _graph(None)


def choosy(config: RunnableConfig) -> typing.Any:
    """A graph factory that fails on some assistants' config."""
    if config.get("configurable", {}).get("fail"):
        raise RuntimeError("this assistant asked for it")
    return _graph(Strict)
