"""Changes values of a YAML file. Every other byte stays: comments, quotes, order, block style, line ends."""

from reconciler.repo.edit.change import CannotEdit, Remove, Set
from reconciler.repo.edit.edit import edit

__all__ = ["CannotEdit", "Remove", "Set", "edit"]
