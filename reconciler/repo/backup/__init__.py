"""Backups on disk: one file for each deleted assistant, with all its versions."""

from reconciler.repo.backup.folder import Folder
from reconciler.repo.backup.read import FORMAT_VERSION, BadBackup, Saved, read, schema

__all__ = ["FORMAT_VERSION", "BadBackup", "Folder", "Saved", "read", "schema"]
