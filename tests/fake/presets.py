"""The servers by name, as docs/server.md names them: presets of traits.

LG is the default and is checked against the real one; the others are as measured once.
"""

from __future__ import annotations

from .traits import Traits, varied

LG = Traits()

LG_0_2 = Traits(
    context="unknown",
    omitted="metadata_wiped",
    reserved="stored",
    unknown_graph="200",
    gone_graph="shown",
    restores_name="neither",
    select="ignored",
    assistants_count="405",
    other_counts="405",
    restart="keeps",
    errors="text",
)

LH = Traits(
    omitted="context_wiped",
    json_keys="sorted",
    numbers="numeric",
    too_big="poisons",
    nul="refused",
    equal_changes="unseen",
    write_answer="sent",
    gone_graph="shown",
    restores_context_and_graph="yes",
    filter_equality="json",
    restart="restores_names",
)

JS = Traits(
    context="separate",
    context_alone="keeps_config",
    numbers="javascript",
    reserved="stored",
    unknown_graph="200",
    gone_graph="shown",
    graph_name_as_id="taken",
    restores_name="name",
    filter_equality="json",
    pagination_headers="total_only",
    other_counts="404",
    no_schema="absent",
    get_with_content_type="400",
    restart="keeps",
    delete_status="200",
    invalid_body="400",
    errors="zod",
    info="javascript",
    after_500="keeps",
)

AEGRA = Traits(
    context_alone="keeps_config",
    emptied_context="clears_configurable",
    null_context="poisons",
    json_keys="sorted",
    numbers="numeric",
    reserved="stored",
    unknown_graph="400_on_create",
    gone_graph="shown",
    one_per_config="yes",
    parallel_writes="collide",
    restores_context_and_graph="yes",
    versions_paging="ignored",
    page="20_of_100",
    sorting="ignored",
    filter_equality="json",
    pagination_headers="total_only",
    other_counts="405",
    defaults="404",
    restart="keeps",
    delete_status="200",
    errors="aegra",
    info="aegra",
    health="/health",
    after_500="keeps",
)

AEGRA_0_10 = varied(AEGRA, omitted="all_wiped", metadata="replaces", info="aegra_0_10")

NAMED: dict[str, Traits] = {
    "LG": LG,
    "LG_0_2": LG_0_2,
    "LH": LH,
    "JS": JS,
    "AEGRA": AEGRA,
    "AEGRA_0_10": AEGRA_0_10,
}
