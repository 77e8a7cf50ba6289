"""YAML 1.2 core, strictly: what every server keeps as it is, with the place of every value."""

from reconciler.repo.yaml.document import Document, load
from reconciler.repo.yaml.findings import Findings, dotted
from reconciler.repo.yaml.place import Place
from reconciler.repo.yaml.refused import refused
from reconciler.repo.yaml.tags import NoValue, Spot, Tags
from reconciler.repo.yaml.write import FileTag, dump, inline

__all__ = [
    "Document",
    "FileTag",
    "Findings",
    "NoValue",
    "Place",
    "Spot",
    "Tags",
    "dotted",
    "dump",
    "inline",
    "load",
    "refused",
]
