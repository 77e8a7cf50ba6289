"""reconciler.yaml: reading it, choosing the server it names, and that server's variables."""

from reconciler.repo.settings.choose import Target, choose, find_deployment
from reconciler.repo.settings.expand import ResolvedDeployment, resolve
from reconciler.repo.settings.find import SETTINGS, find_settings
from reconciler.repo.settings.read import load_settings, read_settings
from reconciler.repo.settings.types import DEFAULT_KEYS, AllowedSecret, DeploymentSettings, GuardLimits, Moved, Settings

__all__ = [
    "DEFAULT_KEYS",
    "SETTINGS",
    "AllowedSecret",
    "DeploymentSettings",
    "GuardLimits",
    "Moved",
    "ResolvedDeployment",
    "Settings",
    "Target",
    "choose",
    "find_deployment",
    "find_settings",
    "load_settings",
    "read_settings",
    "resolve",
]
