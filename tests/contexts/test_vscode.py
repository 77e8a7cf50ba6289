"""The editor's settings that `init` writes, and those that are committed here."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.contexts.vscode import EDITOR_PATH, EXTENSIONS_PATH, SETTINGS_PATH, TRIES_PATH, files, settings

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_committed_is_what_is_written() -> None:
    """This repository has the very files that another one gets."""
    assert {path: (ROOT / path).read_bytes() for path in files()} == files()


def test_what_the_language_server_is_told() -> None:
    """Where the schemas are, which files each is for, that YAML is 1.2, and every tag in each of its forms."""
    said = settings()
    assert said["yaml.schemas"] == {
        "schemas/editor/assistant.json": [
            "assistants/**/*.yaml",
            "assistants/**/*.yml",
            "!assistants/**/_*",
            "!assistants/**/*.tries.yaml",
            "!assistants/**/*.tries.yml",
        ],
        "schemas/editor/tries.json": ["assistants/**/*.tries.yaml", "assistants/**/*.tries.yml"],
    }
    assert (EDITOR_PATH, TRIES_PATH) == ("schemas/editor/assistant.json", "schemas/editor/tries.json")
    assert said["yaml.yamlVersion"] == "1.2"
    assert said["yaml.validate"] is True
    assert said["yaml.customTags"] == [
        *("!file scalar", "!ref scalar", "!each scalar", "!template scalar", "!template mapping")
    ]


def test_the_extension_that_reads_them() -> None:
    """VS Code proposes it to whoever opens the folder."""
    assert set(files()) == {SETTINGS_PATH, EXTENSIONS_PATH}
    assert json.loads(files()[EXTENSIONS_PATH]) == {"recommendations": ["redhat.vscode-yaml"]}
