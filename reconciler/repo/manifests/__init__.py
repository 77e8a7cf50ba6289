"""The manifests under assistants/, read, checked and resolved: what git wants."""

from reconciler.repo.manifests.folder import FOLDER
from reconciler.repo.manifests.load import Loaded, Manifests, load
from reconciler.repo.yaml import Place

__all__ = ["FOLDER", "Loaded", "Manifests", "Place", "load"]
