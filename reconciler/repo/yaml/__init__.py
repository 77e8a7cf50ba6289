"""YAML 1.2 core, strictly: what every server keeps as it is, with the place of every value."""

from reconciler.repo.yaml.document import Document, load
from reconciler.repo.yaml.findings import Findings

__all__ = ["Document", "Findings", "load"]
