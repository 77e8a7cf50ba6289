"""The versions of an assistant as JSON, in the form that history.schema.json publishes."""

from __future__ import annotations

from reconciler.model.json import Json
from reconciler.model.versions import Told, Versions
from reconciler.render.json import dumps, field_document

FORMAT_VERSION = "1.0"
"""The number of the form: a new field raises the second part, anything else the first."""


def history(versions: Versions) -> str:
    """The versions as a JSON document; ends with a line end."""
    told: list[Json] = [_version(one, versions) for one in versions.told]
    differs: list[Json] = [field_document(field) for field in versions.differs]
    return dumps(
        {
            "format_version": FORMAT_VERSION,
            "deployment": {"name": versions.deployment.name, "url": versions.deployment.url},
            "owner": versions.owner,
            "key": versions.key,
            "assistant_id": versions.live.assistant_id,
            "active": versions.live.row.number,
            "differs": differs,
            "versions": told,
            "older": {"count": versions.older, "exact": versions.exact},
        }
    )


def _version(told: Told, versions: Versions) -> Json:
    marker = told.row.marker if told.ours else None
    commit = marker.commit if marker is not None else None
    fields: list[Json] = [field_document(field) for field in told.fields]
    return {
        "version": told.row.number,
        "created_at": told.row.created_at,
        "active": told.row.number == versions.live.row.number,
        "by": "git" if told.ours else "outside",
        "commit": commit,
        "path": marker.path if marker is not None else None,
        "subject": versions.subjects.get(commit.removesuffix("-dirty")) if commit is not None else None,
        "rollback": told.rollback,
        "first": told.first,
        "fields": fields,
    }
