"""reconciler.yaml -> Settings, with all errors of the file at their places."""

from __future__ import annotations

from pathlib import Path

from reconciler import __version__
from reconciler.errors import InvalidSource, SettingsError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import OnDrift
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.settings.allowed import read_allowed
from reconciler.repo.settings.credentials import api_key_in_file, is_credential
from reconciler.repo.settings.deployments import FIELDS, read_deployments
from reconciler.repo.settings.find import SETTINGS
from reconciler.repo.settings.moved import read_moved
from reconciler.repo.settings.types import GuardLimits, Settings
from reconciler.repo.words import did_you_mean, listing
from reconciler.repo.yaml import Findings, load
from reconciler.repo.yaml.findings import label

_FIELDS = frozenset(
    (
        "owner",
        "requires",
        "deployments",
        "schemas",
        "on_drift",
        "guards",
        "settle",
        "moved",
        "secrets_allowed",
        "try_on",
    )
)
_LONGEST_SETTLE = 3600
_GUARDS = ("max_deletes", "max_delete_percent", "max_update_percent")


def load_settings(path: Path) -> Settings:
    """The settings in a file. Raises SettingsError where it cannot be read, InvalidSource with all that is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    settings, diagnostics = read_settings(data)
    if settings is None:
        raise InvalidSource(diagnostics)
    return settings


def read_settings(data: bytes, version: str = __version__) -> tuple[Settings | None, list[Diagnostic]]:
    """The settings in the bytes of reconciler.yaml, or None and why not. `version` is this tool's own."""
    document = load(data, SETTINGS)
    found = Findings(document)
    fields = found.mapping((), document.value) if document.readable else None
    if fields is None:
        return None, found.all
    # First of all: another version may know fields that this one does not.
    requires = _requires(found, fields, version)
    if found.failed and any(d.code == "requires" for d in found.all):
        return None, [d for d in found.all if d.code == "requires"]
    for unknown in fields.keys() - _FIELDS:
        if unknown in FIELDS or is_credential(unknown):
            _of_a_deployment(found, fields, unknown)
        else:
            found.unknown((unknown,), _FIELDS, _where(fields, unknown))
    settings = Settings(
        owner=_owner(found, fields),
        requires=requires,
        deployments=read_deployments(found, fields["deployments"]) if fields.get("deployments") is not None else (),
        open_graphs=_open_graphs(found, fields),
        on_drift=_on_drift(found, fields),
        guards=_guards(found, fields),
        settle=_number(found, "settle", fields.get("settle", 5)),
        moved=read_moved(found, fields["moved"]) if "moved" in fields else (),
        secrets_allowed=read_allowed(found, fields["secrets_allowed"]) if "secrets_allowed" in fields else (),
        try_on=_try_on(found, fields) if "try_on" in fields else None,
    )
    return (None if found.failed else settings), sorted(found.all, key=Diagnostic.order)


def _where(fields: JsonObject, name: str) -> str | None:
    """Where a field belongs that stands at the top for nothing."""
    value = fields[name]
    if isinstance(value, dict) and "url" in value:
        return "a deployment stands under `deployments`: indent it by two spaces"
    return f"did you mean `guards.{name}`?" if name in _GUARDS else None


def _of_a_deployment(found: Findings, fields: JsonObject, name: str) -> None:
    """A field that stands at the top and belongs under one deployment."""
    listed = fields.get("deployments")
    first = next(iter(listed), "staging") if isinstance(listed, dict) else "staging"
    if name in FIELDS:
        found.unknown((name,), FIELDS, f"did you mean `deployments.{first}.{name}`?")
    else:
        api_key_in_file(found, (name,), first, fields[name])


def _owner(found: Findings, fields: JsonObject) -> str:
    if "owner" not in fields:
        message = "field `owner` is missing: the name under which this repository manages assistants"
        found.add(
            (), "field-missing", message, hint="owner: acme-agents    # never change it: it names your assistants"
        )
        return ""
    owner = found.text(("owner",), fields["owner"])
    if owner is not None and not (NAME.match(owner) and len(owner) <= LONGEST_NAME):
        message = (
            f"field `owner` is letters, digits, `.`, `_` and `-`, starts with a letter or digit, {LONGEST_NAME} at most"
        )
        found.add(("owner",), "name-grammar", message)
    return owner or ""


def _requires(found: Findings, fields: JsonObject, version: str) -> str | None:
    if "requires" not in fields:
        return None
    text = found.text(("requires",), fields["requires"])
    if text is None:
        return None
    # Late: only settings with this field pay for it.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(text)
    except InvalidSpecifier:
        message = "field `requires` is not a version range"
        found.add(("requires",), "field-type", message, hint='requires: ">=1,<2"')
        return None
    if not wanted.contains(version, prereleases=True):
        message = f"this repository requires version {text} of this tool, and this is {version}"
        found.add(("requires",), "requires", message, hint=f'pip install "assistants-reconciler{text}"')
    return text


def _open_graphs(found: Findings, fields: JsonObject) -> frozenset[str]:
    graphs = found.mapping(("schemas",), fields.get("schemas", {})) or {}
    for graph, value in graphs.items():
        if value != "open":
            message = f"{label(('schemas', graph))} can only be `open`: contexts of that graph are not checked"
            found.add(("schemas", graph), "field-type", message)
    return frozenset(graphs)


def _on_drift(found: Findings, fields: JsonObject) -> OnDrift | None:
    return read_on_drift(found, fields["on_drift"]) if "on_drift" in fields else None


def read_on_drift(found: Findings, value: Json) -> OnDrift | None:
    """A policy, of the settings or of a manifest; None and an error where it is none."""
    names = [policy.value for policy in OnDrift]
    if isinstance(value, str) and value in names:
        return OnDrift(value)
    hint = did_you_mean(value, names) if isinstance(value, str) else None
    found.add(("on_drift",), "field-type", f"field `on_drift` is one of {listing(names)}", hint=hint)
    return None


def _try_on(found: Findings, fields: JsonObject) -> str | None:
    """The deployment where tries run without a question: one that is listed."""
    listed = fields.get("deployments")
    known = [*listed] if isinstance(listed, dict) else []
    name = found.text(("try_on",), fields["try_on"])
    if name is None or name in known:
        return name
    hint = did_you_mean(name, known) or (f"listed there: {listing(known)}" if known else "list it under `deployments`")
    found.add(("try_on",), "deployment-unknown", f"`{name}` is no deployment of reconciler.yaml", hint=hint)
    return None


def _guards(found: Findings, fields: JsonObject) -> GuardLimits:
    table = found.mapping(("guards",), fields.get("guards", {})) or {}
    for unknown in table.keys() - set(_GUARDS):
        found.unknown(("guards", unknown), _GUARDS)
    base = GuardLimits()
    deletes = found.whole(("guards", "max_deletes"), table["max_deletes"]) if "max_deletes" in table else None
    return GuardLimits(
        max_deletes=base.max_deletes if deletes is None else deletes,
        max_delete_percent=_percent(found, table, "max_delete_percent", base.max_delete_percent),
        max_update_percent=_percent(found, table, "max_update_percent", base.max_update_percent),
    )


def _percent(found: Findings, table: JsonObject, name: str, default: float) -> float:
    value = table.get(name, default)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 100:
        return value
    found.add(("guards", name), "field-type", f"{label(('guards', name))} is a number from 0 to 100")
    return default


def _number(found: Findings, name: str, value: Json) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LONGEST_SETTLE:
        return value
    message = f"field `{name}` must be a number of seconds, 0 or more, {_LONGEST_SETTLE} at most"
    found.add((name,), "field-type", message)
    return 0
