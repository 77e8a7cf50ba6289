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

_MANIFESTS = ("assistants/**/*.yaml", "assistants/**/*.yml")
_TRIES = ("assistants/**/*.tries.yaml", "assistants/**/*.tries.yml")
_OTHERS = ("!assistants/**/_*", "!assistants/**/*.tries.yaml", "!assistants/**/*.tries.yml")
"""Bases, rows and tries have another shape than a manifest."""

_TAGS: tuple[Json, ...] = ("!file scalar", "!ref scalar", "!each scalar", "!template scalar", "!template mapping")


def settings(prefix: str = "") -> JsonObject:
    """The settings of the workspace. `prefix` is the way from its folder to the settings' folder: `gitops/`."""
    return {
        "yaml.customTags": list(_TAGS),
        "yaml.schemas": {
            prefix + EDITOR_PATH: [_under(prefix, pattern) for pattern in (*_MANIFESTS, *_OTHERS)],
            prefix + TRIES_PATH: [_under(prefix, pattern) for pattern in _TRIES],
        },
        "yaml.validate": True,
        "yaml.yamlVersion": "1.2",
    }


def files(prefix: str = "") -> dict[str, bytes]:
    """Path -> bytes of what goes into `.vscode/` of the folder that is opened; `prefix` as in `settings`."""
    extensions: JsonObject = {"recommendations": [EXTENSION]}
    return {SETTINGS_PATH: dumps(settings(prefix)), EXTENSIONS_PATH: dumps(extensions)}


def _under(prefix: str, pattern: str) -> Json:
    bare = pattern.removeprefix("!")
    return f"{pattern[: len(pattern) - len(bare)]}{prefix}{bare}"
