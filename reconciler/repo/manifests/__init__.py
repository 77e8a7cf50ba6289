"""The manifests under assistants/, read, checked and resolved: what git wants."""

from reconciler.repo.manifests.load import FOLDER, Loaded, load
from reconciler.repo.manifests.place import Place

__all__ = ["FOLDER", "Loaded", "Place", "load"]
