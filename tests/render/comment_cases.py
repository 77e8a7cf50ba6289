"""Plans of a believable team as pull requests meet them; the golden files in golden_comment show them all."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.model.change import Change, Create, Delete, FieldChange, Losses, Reason, State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Held, Plan
from tests.render import cases
from tests.render.cases import (
    ACTIVATE,
    ADOPT,
    CREATE,
    DELETE,
    EDITED,
    EQUAL,
    MODEL,
    PROMPT,
    REFUSED,
    ROLLED_BACK,
    field,
    live,
    plan,
    update,
)

SHARED = "assistants/support/prompts/house-rules.md"
RULES = "".join(f"{number}. A rule of the house, as long as rules are.\n" for number in range(1, 12))


def proposed(*changes: Change, keys: tuple[str, ...] = (), **more: object) -> Plan:
    """A plan on a pull request that is about these keys."""
    return plan(*changes, proposed=frozenset(keys), **more)


def from_file(change: FieldChange, path: str) -> FieldChange:
    """The same, where the text is that of a file."""
    return replace(change, file=path)


def offline(made: Plan) -> Plan:
    """The same plan where no server was asked: what stands for a live version has no number."""
    return replace(made, changes=tuple(map(at_base, made.changes)), offline=True)


def at_base(change: Change) -> Change:
    """The same change of an assistant as the base says it."""
    if isinstance(change, Create):
        return change
    found = replace(change, live=replace(change.live, row=replace(change.live.row, number=0)))
    return replace(found, losses=Losses()) if isinstance(found, Delete) else found


def many(number: int, size: int) -> tuple[Change, ...]:
    """So many changes, each of a prompt of so many characters and unlike the others."""
    lines = [f"Rule {n} of the house, as long as rules are." for n in range(size // 40)]
    text = "\n".join([*lines, "```", "@everyone", "</details>", "<!-- reconciler:plan -->"])
    return tuple(
        update(f"support/agent-{n:05}", field("context.system_prompt", "", f"{n}\n{text}")) for n in range(number)
    )


ONE_PROMPT = update("writer/blog", from_file(PROMPT, "assistants/writer/prompts/blog.md"), version=12)
SHARED_BY_ALL = tuple(
    update(
        f"support/agent-{number:03}",
        from_file(
            field("context.system_prompt", RULES, RULES.replace("7. A rule", "7. A stricter rule")),
            SHARED,
        ),
        version=number % 7 + 1,
    )
    for number in range(1, 121)
)
BACK = replace(
    ACTIVATE, target=11, made="2026-05-03T09:12:44.123456+00:00", newest=12, live=live("writer/blog", 12), note=None
)
EDITED_TOO = replace(EDITED, reasons=(Reason.DRIFT, Reason.MANIFEST))
EDITED_ELSEWHERE = update(
    "research/default",
    field("context.depth", 5, 3),
    version=8,
    reasons=(Reason.DRIFT,),
    state=State.EDITED,
)
HELD = Held(change=EDITED_ELSEWHERE, why="it was changed outside git, and on_drift is hold")
HELD_TOO = Held(change=EDITED_TOO, why="it was changed outside git, and on_drift is hold", ahead=True)
PROTECTED = Guard(
    guard="protected",
    verdict="blocked",
    message="protected and about to be deleted: `writer/tweet`",
    allow="--allow-delete writer/tweet",
)
ALLOWED = Guard(
    guard="max_update_percent",
    verdict="allowed",
    message="4 different changes to the 6 assistants managed here; the limit is 50% (guards.max_update_percent)",
    allow="--allow max_update_percent",
    by="trailer of 4be1c07a1b2c",
)
SETTINGS = Diagnostic(
    severity="warning",
    code="settings-not-used",
    message="this changes reconciler.yaml, which counts only once it is merged: this plan was made with the settings "
    "of commit 9c1f2ab",
    path="reconciler.yaml",
    line=1,
    hint="Look at that file with care: it says where assistants are written to, and what stops it.",
)
LOST = Diagnostic(
    severity="warning",
    code="placeholder-lost",
    message="assistant `writer/blog`: its `context.system_prompt` has no `{audience}` any more",
    path="assistants/writer/blog.yaml",
    line=6,
    key="writer/blog",
)
HUGE = update(
    "writer/blog",
    from_file(
        field(
            "context.system_prompt",
            "".join(f"{number}. Say it as it is.\n" for number in range(4_000)),
            "".join(
                f"{number}. Say it as it is, and say it kindly, in words that all understand.\n"
                for number in range(4_000)
            ),
        ),
        "assistants/writer/prompts/blog.md",
    ),
)

PLANS: dict[str, Plan] = {
    "nothing": proposed(),
    "one-prompt": proposed(ONE_PROMPT, keys=("writer/blog",), diagnostics=(LOST,)),
    "shared-prompt": proposed(*SHARED_BY_ALL, keys=tuple(change.wanted.key for change in SHARED_BY_ALL)),
    "huge-prompt": proposed(HUGE, *EQUAL, EDITED_ELSEWHERE, keys=("writer/blog",)),
    "blocked-deletion": proposed(
        DELETE, update("support/tier1", MODEL), keys=("writer/tweet", "support/tier1"), guards=(PROTECTED,)
    ),
    "drift-and-pull-request": proposed(
        EDITED_TOO,
        update("writer/tweet", MODEL),
        keys=("writer/blog", "writer/tweet"),
        held=(HELD,),
        drifted=("research/default", "writer/blog"),
    ),
    "held-and-pull-request": proposed(
        update("writer/tweet", MODEL),
        keys=("writer/blog", "writer/tweet"),
        held=(
            HELD_TOO,
            Held(change=ROLLED_BACK, why="it was rolled back, and git still says what was rolled back from"),
        ),
    ),
    "fork": offline(proposed(CREATE, ONE_PROMPT, DELETE, keys=("writer/tweet", "writer/blog"))),
    "fork-nothing": offline(proposed()),
    "goes-back": proposed(BACK, keys=("writer/blog",)),
    "already-on-main": proposed(
        ONE_PROMPT,
        *EQUAL,
        replace(DELETE, losses=Losses(versions=3, threads=0, crons=0)),
        ADOPT,
        keys=("writer/blog",),
        guards=(ALLOWED,),
    ),
    "settings": proposed(update("writer/tweet", MODEL), keys=("writer/tweet",), diagnostics=(SETTINGS,)),
    "refused": proposed(keys=("research/default",), refused=(REFUSED,)),
    "all-at-once": plan(CREATE, BACK, EDITED_ELSEWHERE, DELETE, drifted=("research/default",)),
    "hostile": replace(cases.PLANS["hostile"], proposed=frozenset()),
}
BROKEN = (
    Diagnostic(
        severity="error",
        code="unknown-field",
        message="`sytem_prompt` is no field of the context of graph `writer`; did you mean `system_prompt`?",
        path="assistants/writer/blog.yaml",
        line=6,
        column=3,
        key="writer/blog",
    ),
    Diagnostic(
        severity="error",
        code="yaml",
        message="this line is not YAML: mapping values are not allowed here",
        path="assistants/writer/tweet.yaml",
        line=3,
        column=12,
        hint="Put the text in quotes.",
    ),
    LOST,
)
FAILED: dict[str, tuple[str | None, str | None, str, str | None, tuple[Diagnostic, ...]]] = {
    "broken-manifest": (cases.OWNER, "staging", "2 errors in the manifests", None, BROKEN),
    "no-server": (
        cases.OWNER,
        "staging",
        "https://staging.acme-agents.example.com did not answer within 30 seconds",
        "run the job again; if it goes on, look whether the deployment is up",
        (),
    ),
    "broken-settings": (None, None, "reconciler.yaml: `owner` is missing", "Add a line `owner: acme-agents`.", ()),
}
