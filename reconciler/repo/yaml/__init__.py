"""YAML 1.2 core, strictly: what every server keeps as it is, with the place of every value."""

from reconciler.repo.yaml.document import Document, load
from reconciler.repo.yaml.findings import Findings, dotted
from reconciler.repo.yaml.refused import refused
from reconciler.repo.yaml.write import FileTag, dump

__all__ = ["Document", "FileTag", "Findings", "dotted", "dump", "load", "refused"]
