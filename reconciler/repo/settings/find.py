"""Where the settings are: reconciler.yaml in the folder, or in the nearest one above it."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import SettingsError

SETTINGS = "reconciler.yaml"


def find_settings(start: Path) -> Path:
    """The settings' path, looked for upwards from `start`. Raises SettingsError where there is none."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / SETTINGS).is_file():
            return folder / SETTINGS
    near = next((here / name for name in ("reconciler.yml", "reconcile.yaml") if (here / name).is_file()), None)
    if near is not None:
        raise SettingsError(f"the settings file is called {SETTINGS}", hint=f"mv {near.name} {SETTINGS}")
    raise SettingsError(
        f"no {SETTINGS} in {start} or any folder above it",
        hint="go to your repository, or name it with -C DIR; `reconciler init` makes a new one",
    )
