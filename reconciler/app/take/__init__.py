"""What nobody manages, into git: a manifest for each assistant, and files for its prompts.

`find` reads only, and reads back what it would write: what would not say exactly what is live is left alone, named.
"""

from reconciler.app.take.chosen import Chosen
from reconciler.app.take.find import find
from reconciler.app.take.takings import MANY, Left, Taken, Takings
from reconciler.app.take.write import check, write

__all__ = ["MANY", "Chosen", "Left", "Taken", "Takings", "check", "find", "write"]
