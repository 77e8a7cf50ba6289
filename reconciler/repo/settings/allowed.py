"""`secrets_allowed`: values that look like secrets and are none, each by its assistant, its path and its hash."""

from __future__ import annotations

import re

from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.settings.types import AllowedSecret
from reconciler.repo.yaml import Findings
from reconciler.repo.yaml.findings import label

_FIELDS = ("key", "path", "hash")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_EXAMPLE = "secrets_allowed: [{key: writer/tweet, path: context.api_key, hash: …}]"
_GIVEN = "the message that refuses the value has the lines to paste"


def read_allowed(found: Findings, value: Json) -> tuple[AllowedSecret, ...]:
    """The entries, in the order given; an error for each that cannot be one. None of these repeats what stands there:
    it may be the secret."""
    if not isinstance(value, list):
        found.add(("secrets_allowed",), "field-type", "field `secrets_allowed` is a list of entries", hint=_EXAMPLE)
        return ()
    entries = [_entry(found, ("secrets_allowed", number), entry) for number, entry in enumerate(value)]
    return tuple(entry for entry in entries if entry is not None)


def _entry(found: Findings, at: FieldPath, value: Json) -> AllowedSecret | None:
    if not isinstance(value, dict):
        found.add(at, "field-type", f"{label(at)} names an assistant, a path in it and a hash", hint=_EXAMPLE)
        return None
    for unknown in value.keys() - set(_FIELDS):
        found.unknown((*at, unknown), _FIELDS)
    texts: dict[str, str] = {}
    for name in _FIELDS:
        said = value.get(name)
        if said is None:
            found.add(at, "field-missing", f"{label((*at, name))} is missing: {_GIVEN}", hint=_EXAMPLE)
        elif not isinstance(said, str) or not said:
            found.add((*at, name), "field-type", f"{label((*at, name))} must be text", hint=_GIVEN)
        elif name == "hash" and not _HASH.match(said):
            message = f"{label((*at, name))} is the value's hash, 64 digits from 0 to f, never the value"
            found.add((*at, name), "bad-hash", message, hint=_GIVEN)
        else:
            texts[name] = said
    if len(texts) < len(_FIELDS):
        return None
    place = found.document.where(at)
    return AllowedSecret(**texts, line=place.line, column=place.column)
