"""The editor's schemas: what yaml-language-server needs to complete, explain and check a manifest as it is written."""

from reconciler.contexts.editor.schema import editor_schema
from reconciler.contexts.editor.tries import tries_schema

__all__ = ["editor_schema", "tries_schema"]
