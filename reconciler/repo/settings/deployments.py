"""The `deployments` of the settings, each field with its own words."""

from __future__ import annotations

import re

from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath
from reconciler.repo.names import NAME
from reconciler.repo.settings.address import VARIABLE, normal, problem, variable_problem
from reconciler.repo.settings.credentials import (
    api_key_in_file,
    api_key_line,
    bad_key_variable,
    check_header,
    is_credential,
)
from reconciler.repo.settings.types import DEFAULT_KEYS, DeploymentSettings
from reconciler.repo.yaml import Findings
from reconciler.repo.yaml.findings import label

FIELDS = frozenset(
    ("url", "api_key_env", "prune", "headers", "expect", "ca_file", "timeout", "allow_http", "check"),
)
_EDITORS = "editor"
"""A folder under schemas/ is a deployment's, by its name, but for this one."""

_LONGEST_TIMEOUT = 3600
_EXPECT = frozenset({"project_id", "tenant_id"})
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9_]{,59}\Z")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


def read_deployments(found: Findings, value: Json) -> tuple[DeploymentSettings, ...]:
    """Every deployment, in the order of the file; those with errors are left out and told in `found`."""
    table = found.mapping(("deployments",), value) or {}
    result = tuple(d for name, fields in table.items() if (d := _deployment(found, name, fields)) is not None)
    first: dict[str, str] = {}
    for deployment in result:
        address = deployment.url if VARIABLE.search(deployment.url) else normal(deployment.url)
        other = first.setdefault(address, deployment.name)
        if other != deployment.name:
            message = f"deployments `{other}` and `{deployment.name}` have one address: each would undo the other"
            hint = "remove one; an `owner` of its own for a deployment is not in this version yet"
            found.add(("deployments", deployment.name, "url"), "same-address", message, hint=hint)
    return result


def _deployment(found: Findings, name: str, value: Json) -> DeploymentSettings | None:
    at: FieldPath = ("deployments", name)
    if not NAME.match(name):
        message = f"a deployment's name is letters, digits, `.`, `_` and `-`; `{name}` is not"
        found.add(at, "name-grammar", message, name=True)
    if name.casefold() == _EDITORS:
        message = f"a deployment cannot be called `{name}`: schemas/{_EDITORS}/ is the editor's"
        found.add(at, "name-taken", message, name=True, hint="choose another name")
    fields = found.mapping(at, value)
    if fields is None:
        return None
    for unknown in fields.keys() - FIELDS:
        if unknown == "owner":
            message = "an `owner` of its own for a deployment is not in this version yet"
            found.add((*at, unknown), "not-yet", message, name=True, hint="leave it out")
        elif is_credential(unknown):
            api_key_in_file(found, (*at, unknown), name, fields[unknown])
        else:
            found.unknown((*at, unknown), FIELDS, _at_the_top(unknown))
    url = _url(found, at, fields)
    if url is None:
        return None
    names, required = _api_key(found, at, fields)
    return DeploymentSettings(
        name=name,
        url=url,
        api_key_names=names,
        key_required=required,
        prune=found.flag((*at, "prune"), fields.get("prune", False)),
        headers=_headers(found, at, fields),
        expect=_expect(found, at, fields),
        ca_file=found.text((*at, "ca_file"), fields["ca_file"]) if "ca_file" in fields else None,
        timeout=_timeout(found, at, fields),
        allow_http=found.flag((*at, "allow_http"), fields.get("allow_http", False)),
        check=found.flag((*at, "check"), fields.get("check", False)),
    )


def _at_the_top(name: str) -> str | None:
    """For a field of the whole repository that stands under one deployment."""
    if name in ("guards", "on_drift", "requires", "schemas", "settle", "try_on"):
        return f"`{name}` holds for all deployments: write it at the top"
    if name in ("max_deletes", "max_delete_percent", "max_update_percent"):
        return f"did you mean `guards.{name}`, at the top?"
    return None


def _url(found: Findings, at: FieldPath, fields: JsonObject) -> str | None:
    if "url" not in fields:
        found.add(at, "field-missing", f"{label(at)} needs a `url`", name=True)
        return None
    url = found.text((*at, "url"), fields["url"])
    if url is None:
        return None
    if _variables(found, (*at, "url"), url):
        return url
    wrong = problem(url)
    if wrong is not None:
        found.add((*at, "url"), "bad-address", f"{label((*at, 'url'))} {wrong}")
        return None
    return url


def _variables(found: Findings, at: FieldPath, text: str) -> bool:
    """Whether a text has variables; a wrong name is told."""
    wrong = variable_problem(text)
    if wrong is not None:
        found.add(at, "bad-variable", f"{label(at)}: {wrong[0]}", hint=f"write {wrong[1]}")
    return VARIABLE.search(text) is not None


def _api_key(found: Findings, at: FieldPath, fields: JsonObject) -> tuple[tuple[str, ...], bool]:
    if "api_key_env" not in fields:
        return DEFAULT_KEYS, False
    if fields["api_key_env"] is None:
        return (), False
    path = (*at, "api_key_env")
    name = fields["api_key_env"]
    if not isinstance(name, str) or not _VARIABLE_NAME.match(name):
        # Whoever pastes the key itself here must not find it in a log.
        bad_key_variable(found, path, str(at[-1]), name)
        return (), False
    if not name.endswith("_API_KEY"):
        better = re.sub(r"(_?(API)?_?(KEY|TOKEN|SECRET))?\Z", "", name, count=1)
        message = f"{label(path)} must end in _API_KEY, so that no other secret is sent by mistake"
        hint = f"api_key_env: {better}_API_KEY" if better else api_key_line(str(at[-1]))
        found.add(path, "bad-variable", message, hint=hint)
    return (name,), True


def _headers(found: Findings, at: FieldPath, fields: JsonObject) -> dict[str, str]:
    path = (*at, "headers")
    result = {}
    for name, value in (found.mapping(path, fields.get("headers", {})) or {}).items():
        if not check_header(found, (*path, name), str(at[-1]), value):
            continue
        text = found.text((*path, name), value)
        if not _HEADER_NAME.match(name):
            found.add((*path, name), "bad-header", f"`{name}` is not the name of a header", name=True)
        elif text is not None:
            _variables(found, (*path, name), text)
            result[name] = text
    return result


def _expect(found: Findings, at: FieldPath, fields: JsonObject) -> dict[str, str]:
    path = (*at, "expect")
    result = {}
    for name, value in (found.mapping(path, fields.get("expect", {})) or {}).items():
        if name not in _EXPECT:
            found.unknown((*path, name), _EXPECT)
        elif (text := found.text((*path, name), value)) is not None:
            result[name] = text
    return result


def _timeout(found: Findings, at: FieldPath, fields: JsonObject) -> float:
    value = fields.get("timeout", 30)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _LONGEST_TIMEOUT:
        return value
    message = f"{label((*at, 'timeout'))} must be a number of seconds above 0, {_LONGEST_TIMEOUT} at most"
    found.add((*at, "timeout"), "field-type", message)
    return 30
