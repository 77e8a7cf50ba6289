"""The assistants of a deployment as JSON, in the form that list.schema.json publishes."""

from __future__ import annotations

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.listing import Listed, Listing
from reconciler.render.json import diagnostic_document, dumps

FORMAT_VERSION = "1.0"
"""The number of the form: a new field raises the second part, anything else the first."""


def listing(listing: Listing) -> str:
    """The listing as a JSON document; ends with a line end."""
    rows: list[Json] = [_row(row) for row in listing.rows]
    refused: list[Json] = [diagnostic_document(one) for one in sorted(listing.refused, key=Diagnostic.order)]
    return dumps(
        {
            "format_version": FORMAT_VERSION,
            "deployment": {"name": listing.deployment.name, "url": listing.deployment.url},
            "owner": listing.owner,
            "assistants": rows,
            "refused": refused,
        }
    )


def _row(row: Listed) -> Json:
    return {
        "key": row.key,
        "name": row.name,
        "graph_id": row.graph_id,
        "version": row.version,
        "owner": row.owner,
        "state": str(row.state),
        "assistant_id": row.assistant_id,
        "copy_of": row.copy_of,
    }
