"""Where the settings stand within the repository: GitHub counts paths from its top."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import SettingsError
from reconciler.repo.git import open_git
from reconciler.repo.settings import find_settings


def prefix(directory: Path) -> str:
    """`gitops/` where the settings that a command of this folder finds stand there; "" at the top, and where there are
    none or no repository. What is wrong with the settings is no matter here."""
    try:
        folder = find_settings(directory).parent
    except SettingsError:
        return ""
    git = open_git(folder)
    return git.prefix if git is not None else ""
