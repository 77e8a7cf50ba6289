"""Context schemas: their files, what a context must be like, and how a file differs from the live graph."""

from reconciler.contexts.compare import Difference, against_live, breaks, compare
from reconciler.contexts.files import (
    FOLDER,
    OPEN_FORM,
    UNKNOWN_FORM,
    Schemas,
    dumps,
    is_open_form,
    load_schemas,
    schema_path,
)
from reconciler.contexts.locate import Locate
from reconciler.contexts.validate import validate

__all__ = [
    "FOLDER",
    "OPEN_FORM",
    "UNKNOWN_FORM",
    "Difference",
    "Locate",
    "Schemas",
    "against_live",
    "breaks",
    "compare",
    "dumps",
    "is_open_form",
    "load_schemas",
    "schema_path",
    "validate",
]
