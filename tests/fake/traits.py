"""A server is a set of traits: each one a way in which Agent Servers differ, named after its rule.

The defaults are the real in-memory server (LG 0.16), which `test_like_real.py` holds them to. The
S-numbers are the rules of docs/server.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, kw_only=True)
class Traits:
    # -- what a write does to the fields it names, and to those it does not --
    context: Literal["mirrors", "separate", "unknown"] = "mirrors"
    """S3, S5. `mirrors` config.configurable, is kept apart from it, or is dropped unseen."""
    context_alone: Literal["replaces_config", "keeps_config"] = "replaces_config"
    """S3. Whether a PATCH with only `context` takes recursion_limit and tags away."""
    emptied_context: Literal["leaves_configurable", "clears_configurable"] = "leaves_configurable"
    """S4. Whether `{"context": {}}` leaves config.configurable stale."""
    omitted: Literal["kept", "context_wiped", "metadata_wiped", "all_wiped"] = "kept"
    """S1. What a PATCH does to what it leaves out."""
    metadata: Literal["merges", "replaces"] = "merges"
    """S6. What a PATCH does to the metadata keys it does not name."""
    null_context: Literal["refused", "poisons"] = "refused"
    """S10. A `null` context is refused, or stored: then every reading of that row is 500."""

    # -- values --
    json_keys: Literal["kept", "sorted"] = "kept"
    """S10. jsonb gives keys back in its own order: shorter first, then by bytes."""
    numbers: Literal["kept", "javascript", "numeric"] = "kept"
    """S10. `javascript`: doubles, and 1.0 comes back 1. `numeric`: -0.0 and whole floats change."""
    too_big: Literal["float", "poisons"] = "float"
    """S10. Whole numbers from 2^64 up turn into floats, or are stored and break every reading."""
    nul: Literal["replaced", "refused"] = "replaced"
    """S10. U+0000 comes back as U+FFFD, or the write is a 500."""
    reserved: Literal["stripped", "stored"] = "stripped"
    """S9. Keys that the server keeps for itself."""
    equal_changes: Literal["taken", "unseen"] = "taken"
    """S30. `unseen`: the live row keeps `true` where `1` is written (Python's ==)."""
    write_answer: Literal["stored", "sent"] = "stored"
    """S30. Whether a write answers with what is stored now or with what it was sent."""

    # -- identity --
    unknown_graph: Literal["404", "200", "400_on_create"] = "404"
    """S12. What a write with a graph_id that is not served gets."""
    gone_graph: Literal["hidden_from_get", "hidden", "shown"] = "hidden_from_get"
    """S21. Who still sees the assistants of a graph that is not served any more."""
    one_per_config: Literal["no", "yes"] = "no"
    """S13. One assistant per (user, graph, config): 409 on create, 500 and a phantom on PATCH."""
    graph_name_as_id: Literal["refused", "taken"] = "refused"
    """S23. Whether a graph's name in a path stands for its default assistant."""
    parallel_writes: Literal["queue", "collide"] = "queue"
    """S14. Two writes of one assistant at a time: one after the other, or a 500 for the later."""

    # -- versions --
    restores_context_and_graph: Literal["no", "yes"] = "no"
    """S17. Whether set-latest brings back context and graph_id; config and metadata always are."""
    restores_name: Literal["name_and_description", "name", "neither"] = "name_and_description"
    """S17. Which of the two texts set-latest brings back."""
    versions_paging: Literal["honoured", "ignored"] = "honoured"
    """S16. Whether limit and offset of the version list do anything."""
    versions_past_end: Literal["404", "empty"] = "404"
    """S16. The version list past its end."""

    # -- reading --
    page: Literal["10_of_1000", "20_of_100"] = "10_of_1000"
    """S19. Default and largest page of search; more is 422."""
    sorting: Literal["honoured", "ignored"] = "honoured"
    """S19. `ignored`: newest first whatever sort_by says."""
    select: Literal["honoured", "ignored"] = "honoured"
    """S19. Whether search can leave fields out."""
    filter_equality: Literal["python", "json"] = "python"
    """S19. Whether 1 in a metadata filter matches `true`."""
    pagination_headers: Literal["both", "total_only"] = "both"
    """S19. X-Pagination-Next, and a Total that is the page's."""
    assistants_count: Literal["200", "405"] = "200"
    """S19. POST /assistants/count."""
    other_counts: Literal["200", "405", "404"] = "200"
    """S23. POST /threads/count and /runs/crons/count."""
    no_schema: Literal["null", "absent"] = "null"
    """S20. `context_schema` of a graph that declares none."""
    get_with_content_type: Literal["fine", "400"] = "fine"
    """S20. GET …/schemas that carries Content-Type: application/json."""

    # -- defaults, deletion --
    defaults: Literal["patchable", "404"] = "patchable"
    """S22. PATCH and set-latest of a graph's default assistant."""
    restart: Literal["recreates_some", "restores_names", "keeps"] = "recreates_some"
    """S22. What a start does to default assistants."""
    delete_status: Literal["204", "200"] = "204"
    """S23. What a deletion that worked answers."""

    # -- the server around them --
    invalid_body: Literal["422", "400"] = "422"
    """S7, S25. The status for a body of the wrong shape, `"description": null` among them."""
    errors: Literal["detail", "text", "zod", "aegra"] = "detail"
    """S25. The form of an error's body."""
    info: Literal["python", "javascript", "aegra", "aegra_0_10", "absent"] = "python"
    """S24. GET /info."""
    host_ids: Literal["null", "set"] = "null"
    """S24. Whether /info names a project and a tenant (LangSmith's cloud does)."""
    health: Literal["/ok", "/health", "absent"] = "/ok"
    """S24. Where the server says that it is up."""
    mount_prefix: Literal["", "/agents"] = ""
    """S24. Stands before all paths; /ok answers without it too."""
    api_key: Literal["none", "401", "403"] = "none"
    """S26. What a missing or bad x-api-key gets; `none` asks for none."""
    auth_handler: Literal["none", "owner", "read_only"] = "none"
    """S26. `owner` sets metadata.owner and hides others' rows; `read_only` forbids every write."""
    after_500: Literal["resets", "keeps"] = "resets"
    """S15. The kept-alive connection after a 500. Shown by `listen` only."""


def _values() -> dict[str, tuple[str, ...]]:
    hints: dict[str, Any] = get_type_hints(Traits)
    return {field.name: get_args(hints[field.name]) for field in fields(Traits)}


MATRIX: dict[str, tuple[str, ...]] = _values()
"""Every value of every trait, for sweeps over all pairs; the default stands first."""


def values(trait: str) -> tuple[str, ...]:
    """All values of one trait, the default first. KeyError where there is no such trait."""
    return MATRIX[trait]


def varied(base: Traits, **changes: str) -> Traits:
    """`base` with other values, by name; ValueError for a value that the trait does not have."""
    for name, value in changes.items():
        if value not in MATRIX[name]:
            raise ValueError(f"trait {name} has no value {value!r}; it has {MATRIX[name]}")
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values come from the case
