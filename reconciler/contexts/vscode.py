"""What VS Code (and any editor with yaml-language-server) needs to know of the manifests: where their schema is, which
tags there are, and that YAML is read as YAML 1.2.
"""

from __future__ import annotations

from reconciler.contexts.files import FOLDER, dumps
from reconciler.model.json import Json, JsonObject

EDITOR_PATH = f"{FOLDER}/editor/assistant.json"
"""The editor's schema of every manifest."""

TRIES_PATH = f"{FOLDER}/editor/tries.json"
"""The editor's schema of every file of tries."""

SETTINGS_PATH = ".vscode/settings.json"
EXTENSIONS_PATH = ".vscode/extensions.json"

EXTENSION = "redhat.vscode-yaml"

_MANIFESTS: tuple[Json, ...] = ("assistants/**/*.yaml", "assistants/**/*.yml")
_TRIES: tuple[Json, ...] = ("assistants/**/*.tries.yaml", "assistants/**/*.tries.yml")
_OTHERS: tuple[Json, ...] = ("!assistants/**/_*", "!assistants/**/*.tries.yaml", "!assistants/**/*.tries.yml")
"""Bases, rows and tries have another shape than a manifest."""

_TAGS: tuple[Json, ...] = ("!file scalar", "!ref scalar", "!each scalar", "!template scalar", "!template mapping")


def settings() -> JsonObject:
    """The settings of the workspace."""
    return {
        "yaml.customTags": list(_TAGS),
        "yaml.schemas": {EDITOR_PATH: [*_MANIFESTS, *_OTHERS], TRIES_PATH: [*_TRIES]},
        "yaml.validate": True,
        "yaml.yamlVersion": "1.2",
    }


def files() -> dict[str, bytes]:
    """Path -> bytes of what goes into `.vscode/`."""
    extensions: JsonObject = {"recommendations": [EXTENSION]}
    return {SETTINGS_PATH: dumps(settings()), EXTENSIONS_PATH: dumps(extensions)}
