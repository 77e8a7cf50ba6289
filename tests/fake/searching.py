"""Search and count: filter, sort, page, select (docs/server.md, S19, S21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import auth
from .graphs import Graphs
from .messages import Crash
from .store import Row, Store
from .traits import Traits
from .values import JsonObject, contains


def matching(traits: Traits, store: Store, graphs: Graphs, body: JsonObject, who: str) -> list[Row]:
    """The rows that a filter finds, in the order they were made. Fields it does not know: all."""
    graph_id = body.get("graph_id")
    if graph_id is not None and traits.unknown_graph == "404":
        graphs.must_exist(graph_id)
    name = (body.get("name") or "").lower()
    metadata = body.get("metadata") or {}
    return [
        row
        for row in store.rows.values()
        if (not graph_id or row.content.graph_id == graph_id)
        and name in row.content.name.lower()
        and contains(row.content.metadata, metadata, traits)
        and auth.visible(traits, row, who)
        and (traits.gone_graph != "hidden" or row.content.graph_id in graphs.schemas)
    ]


def page(traits: Traits, rows: Sequence[Row], body: JsonObject) -> tuple[list[Any], dict[str, str]]:
    """One page and its headers. Crash where a row on it cannot be read (S10)."""
    default = 10 if traits.page == "10_of_1000" else 20
    limit, offset = int(body.get("limit") or default), int(body.get("offset") or 0)
    ordered = _sorted(traits, rows, body)
    found = ordered[offset : offset + limit]
    if any(row.content.poisoned for row in found):
        raise Crash
    select = body.get("select") if traits.select == "honoured" else None
    items = [{name: value for name, value in row.json().items() if not select or name in select} for row in found]
    return items, _headers(traits, len(found), offset, limit, len(ordered))


def _sorted(traits: Traits, rows: Sequence[Row], body: JsonObject) -> list[Row]:
    by = body.get("sort_by") if traits.sorting == "honoured" else None
    if by is None:
        return sorted(rows, key=lambda row: row.created_at, reverse=True)
    downwards = body.get("sort_order", "desc") != "asc"
    if by in ("name", "graph_id"):
        return sorted(rows, key=lambda row: str(row.json()[by]).lower(), reverse=downwards)
    return sorted(rows, key=lambda row: str(row.json()[by]), reverse=downwards)


def _headers(traits: Traits, size: int, offset: int, limit: int, total: int) -> dict[str, str]:
    """X-Pagination-Total is one more than what has been shown so far, not a total."""
    if offset + limit >= total:
        return {"x-pagination-total": str(size + offset)}
    if traits.pagination_headers == "total_only":
        return {"x-pagination-total": str(offset + limit + 1)}
    return {
        "x-pagination-total": str(offset + limit + 1),
        "x-pagination-next": str(offset + limit),
    }
