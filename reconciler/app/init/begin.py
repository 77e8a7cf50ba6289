"""What a run of `init` begins with: settings that are there, or new ones with the server to begin with."""

from __future__ import annotations

from msgspec import Struct

from reconciler.app.init.ci import Targets, reached
from reconciler.app.init.place import Place
from reconciler.app.init.put import NewFile
from reconciler.app.init.server import listed_at
from reconciler.app.init.settings import Entry, address, check_name, deployment_name, is_loopback, write
from reconciler.errors import InvalidSource, UsageError
from reconciler.repo.settings import SETTINGS, DeploymentSettings, Settings, load_settings, read_settings


class Start(Struct, frozen=True, kw_only=True):
    """`settings` are those of the file, or of the one that will be written. `server` is the deployment to ask, None
    for a repository without one. `is_new`: there is no file yet."""

    settings: Settings
    server: DeploymentSettings | None
    is_new: bool

    def file(self, place: Place, server: Entry | None) -> NewFile:
        """reconciler.yaml. `server` is what is known of the deployment by now."""
        return NewFile(place.prefix + SETTINGS, write(self.settings.owner, server))

    @property
    def for_ci(self) -> Targets:
        """The deployments that the settings list, as CI sees them."""
        listed = self.settings.deployments
        if not listed and self.server is not None:
            listed = (self.server,)
        return Targets(
            reached=tuple(reached(one) for one in listed if not is_loopback(one.url)),
            left_out=tuple(one.name for one in listed if is_loopback(one.url)),
        )


def existing(place: Place, *, deployment: str | None, url: str | None) -> Start | None:
    """The settings that are there; None where there are none. Raises SettingsError, InvalidSource where they cannot be
    read, and UsageError where they list no such deployment."""
    path = place.folder / SETTINGS
    if not path.is_file():
        return None
    settings = load_settings(path)
    at = address(url, "--url") if url is not None else None
    return Start(settings=settings, server=listed_at(settings, deployment, at), is_new=False)


def fresh(owner: str, *, deployment: str | None, url: str | None, given_by: str = "--url") -> Start:
    """New settings. Raises UsageError for a name or an address that cannot be."""
    check_name("--owner", owner)
    if url is None:
        if deployment is not None:
            raise UsageError(f"`{deployment}` is a name for a server, and none is given", hint="--url URL")
        return Start(settings=_read(owner, None), server=None, is_new=True)
    at = address(url, given_by)
    if at.startswith("http://") and not is_loopback(at):
        raise UsageError(
            f"{at} is plain http: API keys and prompts would cross the network unencrypted",
            hint="use https; or write reconciler.yaml yourself, with `allow_http: true` under the deployment, and\n"
            "then: reconciler init -d NAME",
        )
    entry = Entry(name=check_name("--deployment", deployment or deployment_name(at)), url=at)
    settings = _read(owner, entry)
    return Start(settings=settings, server=settings.deployments[0], is_new=True)


def _read(owner: str, entry: Entry | None) -> Settings:
    """What is written, read back: the run uses what the next one will find."""
    settings, found = read_settings(write(owner, entry))
    if settings is None:
        raise InvalidSource(found)
    return settings
