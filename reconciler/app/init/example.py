"""What a repository without a server begins with: one graph, one assistant, one prompt. All of it is to be replaced."""

from __future__ import annotations

from reconciler.app.init.put import NewFile
from reconciler.contexts import dumps
from reconciler.contexts.vscode import EDITOR_PATH, TRIES_PATH
from reconciler.model.json import JsonObject
from reconciler.repo.tree import Tree

GRAPH = "agent"
KEY = "agent/release-notes"

_SCHEMA: JsonObject = {
    "$comment": "An example. `reconciler schemas pull` replaces it by what your server says of its graph `agent`.",
    "title": "AgentContext",
    "type": "object",
    "properties": {
        "model_name": {
            "description": "Which provider's model answers.",
            "enum": ["anthropic", "openai"],
            "type": "string",
        },
        "system_prompt": {
            "description": "What the assistant is told before anything else.",
            "langgraph_nodes": ["answer"],
            "langgraph_type": "prompt",
            "minLength": 1,
            "type": "string",
        },
        "temperature": {
            "default": 0.2,
            "description": "Higher is more playful.",
            "maximum": 1,
            "minimum": 0,
            "type": "number",
        },
    },
    "required": ["model_name", "system_prompt"],
}
_MANIFEST = """\
# yaml-language-server: $schema=../../schemas/editor/assistant.json
# An example: one assistant of the graph `agent`. Its name in every command is its path, agent/release-notes.
graph_id: agent
name: Release notes
description: Turns a list of merged changes into notes for users
context:
  model_name: anthropic
  # The text of a file beside this one, byte for byte.
  system_prompt: !file prompts/release-notes.md
  # temperature: 0.2
"""
_PROMPT = """\
You write the notes of a software release for the people who use it.

You are given the titles of all merged changes. Group what belongs together, begin each note with what a user can do
now that was not possible before, and leave out what no user can notice. Never promise a date.
"""
_TRIES = """\
# What `reconciler try agent/release-notes` asks it, and what the answer has to be like. A try is a real run.
- name: two changes
  input: |
    Read the settings from the folder above, too
    Correct the spelling of a log line
  expect:
    not_contains: log line
"""


def files(tree: Tree, prefix: str) -> list[NewFile]:
    """The files, under `prefix`; none where schemas or manifests of somebody's own are there already."""
    ours = {
        f"schemas/{GRAPH}.json": dumps(_SCHEMA),
        "assistants/agent/prompts/release-notes.md": _PROMPT.encode(),
        f"assistants/{KEY}.yaml": _MANIFEST.encode(),
        f"assistants/{KEY}.tries.yaml": _TRIES.encode(),
    }
    there = [path for folder in ("assistants", "schemas") if tree.folder_exists(folder) for path in tree.paths(folder)]
    if any(
        path.endswith((".yaml", ".yml", ".json")) and path not in {*ours, EDITOR_PATH, TRIES_PATH} for path in there
    ):
        return []
    return [NewFile(prefix + path, content) for path, content in ours.items()]
