"""Plans and reports of a believable team, one for each thing a reader can meet; the golden files show them all."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.model.change import Activate, Change, Create, Delete, FieldChange, Losses, Reason, State, Update
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject
from reconciler.model.live import Live, Version
from reconciler.model.marker import Marker
from reconciler.model.plan import Deployment, Guard, Held, Plan
from reconciler.model.report import Check, Outcome, Report, Result
from reconciler.model.spec import Spec
from reconciler.model.trial import Answered, Erred, NotRun, Trial, Unknown
from reconciler.model.tries import Expect, Try
from reconciler.model.wanted import Wanted

OWNER = "acme-agents"
STAGING = Deployment(name="staging", url="https://staging.acme-agents.example.com")
IDS = {
    "writer/tweet": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a001",
    "writer/blog": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a002",
    "support/tier1": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a003",
    "support/tier2": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a004",
    "support/tier3": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a005",
    "research/default": "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0a006",
}
UNCHANGED = ("research/default", "support/tier1", "support/tier2", "support/tier3", "writer/newsletter")

TWEET = """\
You write short posts for the company's accounts.

Rules:
- At most 280 characters, hashtags included.
- No emoji, no exclamation marks.
- Never promise a date that is not on the public roadmap.

End with one question that invites an answer.
"""
BLOG = """\
You are the editor of our engineering blog.

Voice:
- Write in the first person plural.
- Prefer short sentences.
- Explain every abbreviation at its first use.

Structure:
1. Say in two sentences what the reader will learn.
2. Show the problem with a real example.
3. Show the solution, step by step.
4. Name the limits honestly.

Length: between 800 and 1,200 words.
"""
ONE_LINE = " ".join(
    [
        "You answer questions of customers about their invoices, and you do so in the language of the question.",
        "Look up the invoice before you answer, and quote its number.",
        "If an invoice is overdue by more than thirty days, offer a payment plan of at most six months.",
        "Never discuss another customer's invoices, and never guess an amount that the lookup did not return.",
        "When the customer is upset, apologise once, say what happens next, and hand over to a person if asked to.",
    ]
)


def wanted(key: str, **spec: object) -> Wanted:
    """A manifest of one of the team's assistants."""
    graph = key.split("/")[0]
    content: JsonObject = {"model_name": "openai", "system_prompt": TWEET}
    made = Spec(graph_id=graph, name=key.replace("/", " "), context=content)
    return Wanted(
        key=key,
        assistant_id=IDS.get(key, "1d3c7a52-0a5e-5b7e-9c55-51a1c7d0affe"),
        spec=replace(made, **spec),  # type: ignore[arg-type]  # names and values come from the case
        path=f"assistants/{key}.yaml",
    )


def live(key: str, version: int = 3) -> Live:
    """The same one, as the server lists it."""
    want = wanted(key)
    marker = Marker(owner=OWNER, key=key, id=want.assistant_id, hash=want.spec.hash(), commit="9c1f2ab")
    return Live(assistant_id=want.assistant_id, row=Version(number=version, spec=want.spec, marker=marker))


def field(path: str, before: object, after: object) -> FieldChange:
    """A field that is replaced."""
    return FieldChange(path=tuple(path.split(".")), op="replace", before=before, after=after)  # type: ignore[arg-type]  # names and values come from the case


def update(key: str, *fields: FieldChange, version: int = 3, **more: object) -> Update:
    """Git changed these fields."""
    made = Update(
        reasons=(Reason.MANIFEST,), state=State.BEHIND, fields=fields, wanted=wanted(key), live=live(key, version)
    )
    return replace(made, **more)  # type: ignore[arg-type]  # names and values come from the case


def plan(*changes: Change, **more: object) -> Plan:
    """A plan with these changes."""
    made = Plan(deployment=STAGING, owner=OWNER, commit="4be1c07", base="9c1f2ab", changes=changes, unchanged=UNCHANGED)
    return replace(made, **more)  # type: ignore[arg-type]  # names and values come from the case


CREATE = Create(
    reasons=(Reason.MANIFEST,),
    state=State.MISSING,
    wanted=wanted("writer/tweet", name="Tweet writer", description="Short posts", config={"recursion_limit": 25}),
)
MODEL = field("context.model_name", "openai", "anthropic")
PROMPT = field(
    "context.system_prompt",
    BLOG,
    BLOG.replace("Prefer short sentences.", "Prefer short sentences, twenty words at most.").replace(
        "between 800 and 1,200", "between 600 and 900"
    ),
)
EDITED = update(
    "writer/blog",
    field("context.system_prompt", BLOG.replace("honestly", "briefly"), BLOG),
    version=5,
    reasons=(Reason.DRIFT,),
    state=State.EDITED,
)
EQUAL = tuple(
    update(
        key,
        field("context.escalation.after_minutes", 30, 15),
        FieldChange(path=("context", "tools", 2), op="add", after="refund_status"),
        version=number,
    )
    for number, key in enumerate(("support/tier1", "support/tier2", "support/tier3"), 2)
)
ACTIVATE = Activate(
    reasons=(Reason.MANIFEST,),
    state=State.BEHIND,
    fields=(field("context.system_prompt", BLOG.replace("honestly", "briefly"), BLOG),),
    wanted=wanted("writer/blog"),
    live=live("writer/blog", 2),
    target=1,
)
DELETE = Delete(
    reasons=(Reason.MANIFEST,),
    state=State.BEHIND,
    live=live("writer/tweet", 12),
    losses=Losses(versions=12, threads=3, crons=1),
)
DELETE_TOO = Delete(
    reasons=(Reason.MANIFEST,),
    state=State.BEHIND,
    live=live("support/tier3", 70),
    losses=Losses(versions=50, more=True),
)
INVISIBLE = (
    field("name", "Tweet writer", "Tweet\u00a0writer"),
    field("description", "Café posts", "Cafe\u0301 posts"),
    field(
        "context.system_prompt",
        "Be brief.\nUse a table:\n    a, b\nNo promises.\nAsk back.",
        "Be brief.  \nUse a\u200b table:\n\ta, b\nNo promises.\r\nAsk back.\n",
    ),
)
HOSTILE_TEXT = "\n".join(
    [
        "\x1b[2J\x1b]0;owned\x07 gone",
        "::add-mask::everything",
        "##[error]not an error",
        "</details> <img src=x onerror=alert(1)> <!-- reconciler:plan -->",
        "```",
        "~~~~ @everyone see acme/agents#1 and GH-2, https://evil.example.com [click](javascript:alert(1))",
        "| a | b | \u202egnp.exe\u2066 \u2028 ${{ secrets.TOKEN }}",
    ]
)
HOSTILE_WORD = "x`@everyone` </code></summary>\u202e|#1\x1b[31m"
HOSTILE = update(
    "writer/blog",
    FieldChange(path=("context", HOSTILE_WORD), op="add", after=HOSTILE_TEXT),
    field("name", HOSTILE_TEXT, HOSTILE_WORD),
    note=HOSTILE_TEXT,
    wanted=replace(wanted("writer/blog"), key=HOSTILE_WORD, path=HOSTILE_WORD),
)
ROLLED_BACK = Activate(
    reasons=(Reason.DRIFT,),
    state=State.ROLLED_BACK,
    fields=EDITED.fields,
    wanted=wanted("writer/blog"),
    live=live("writer/blog", 1),
    target=2,
    newest=2,
)
HALF_RESTORED = replace(
    ROLLED_BACK,
    reasons=(Reason.MANIFEST,),
    state=State.HALF_RESTORED,
    note="the server keeps values of another version beside the context (in config.configurable)",
)
UNMARKED = replace(
    EDITED,
    reasons=(Reason.DRIFT, Reason.MANIFEST),
    live=Live(assistant_id=EDITED.live.assistant_id, row=replace(EDITED.live.row, number=1, marker=None)),
)
ADOPT = Update(
    reasons=(Reason.ADOPT,),
    state=State.IN_STEP,
    fields=(
        FieldChange(path=("metadata", "reconciler", "key"), op="add", after="support/tier3"),
        FieldChange(path=("metadata", "reconciler", "owner"), op="add", after=OWNER),
    ),
    wanted=wanted("support/tier3"),
    live=live("support/tier3", 1),
)
GONE = replace(CREATE, note="git had it at 9c1f2ab, when others were written: deleted outside git, or never created")
NAMES = [f"support/{name}" for name in ("returns", "tier1", "tier2", "tier3")]
BIG = update(
    "support/tier1",
    *(field(f"context.{name}", 1, 2) for name in ("limit", "retries", "pause", "depth", "width", "top_k")),
    field(
        "context.tools",
        [f"tool_number_{n}" for n in range(14)],
        [f"tool_number_{n}" for n in range(14) if n not in (2, 12)],
    ),
)
HELD = Held(
    change=replace(EDITED, reasons=(Reason.DRIFT, Reason.MANIFEST)),
    why="it was changed outside git, and on_drift is hold",
    ahead=True,
)
HELD_BACK = Held(change=ROLLED_BACK, why="it was rolled back, and git still says what was rolled back from", ahead=True)
BLOCKING = tuple(
    Held(
        change=replace(EDITED, wanted=wanted(key), live=live(key, number)),
        why="it was changed outside git, and on_drift is block",
        blocks=True,
    )
    for number, key in enumerate(["writer/blog", *NAMES], 4)
)
REFUSED = Diagnostic(
    severity="error",
    code="server-refuses",
    message="the server does not take the change of `context.temperature` from 1 to true",
    path="assistants/research/default.yaml",
    line=9,
    column=16,
    hint="Write another value, or leave the field out.",
    key="research/default",
)
UNKNOWN_BASE = tuple(
    Diagnostic(
        severity="note",
        code="base-unknown",
        message=f"assistant `{key}`: this clone does not have commit 9c1f2ab; judged by what was last written",
        path=f"assistants/{key}.yaml",
        line=1,
        key=key,
    )
    for key in NAMES
)
NO_MANIFEST = tuple(
    Diagnostic(
        severity="warning",
        code="no-manifest",
        message=f"assistant `{key}` has no manifest any more; it stays until `--prune` deletes it",
        key=key,
    )
    for key in ("writer/old", "writer/older")
)
ADOPTED = Diagnostic(
    severity="note",
    code="adopted",
    message="assistant `support/tier3` is as git wants it but carries no marker, so its drift and its removal cannot "
    "be told; `reconciler apply --adopt` marks it (one new version)",
    path="assistants/support/tier3.yaml",
    line=1,
    key="support/tier3",
)
WARNING = Diagnostic(
    severity="warning",
    code="ahead-of-graph",
    message="the live graph `writer` does not know the context field `tone` yet: it has no effect there",
    path="assistants/writer/tweet.yaml",
    line=7,
    column=3,
)
BLOCKED = (
    Guard(
        guard="max_deletes",
        verdict="blocked",
        message="6 assistants would be deleted; 5 are allowed in one run",
        allow="--allow max_deletes",
    ),
    Guard(
        guard="protected",
        verdict="blocked",
        message="writer/tweet is protected and would be deleted",
        allow="--allow-delete writer/tweet",
    ),
    Guard(guard="empty_source", verdict="passed", message="there are manifests"),
)

PLANS: dict[str, Plan] = {
    "nothing": plan(),
    "create": plan(CREATE, update("writer/blog", MODEL, PROMPT), diagnostics=(WARNING,)),
    "prompt": plan(update("writer/blog", PROMPT)),
    "long-line": plan(
        update(
            "support/tier1",
            field(
                "context.system_prompt",
                ONE_LINE,
                ONE_LINE.replace("thirty", "sixty").replace("once, say", "once and briefly, say"),
            ),
        )
    ),
    "invisible": plan(update("writer/tweet", *INVISIBLE)),
    "equal": plan(*EQUAL, unchanged=UNCHANGED[:2]),
    "activate": plan(ACTIVATE),
    "rolled-back": plan(ROLLED_BACK, drifted=("writer/blog",)),
    "half-restored": plan(HALF_RESTORED),
    "gone": plan(GONE),
    "delete": plan(DELETE, update("support/tier1", MODEL)),
    "deletes": plan(DELETE, DELETE_TOO),
    "edited": plan(EDITED, update("writer/tweet", MODEL), drifted=("writer/blog",)),
    "unmarked": plan(UNMARKED, drifted=("writer/blog",)),
    "adopted": plan(adopted=("support/tier3",), unchanged=(), diagnostics=(ADOPTED,)),
    "adopt": plan(ADOPT),
    "many-fields": plan(BIG),
    "held": plan(held=(HELD,), drifted=("writer/blog",)),
    "held-back": plan(held=(HELD_BACK,), drifted=("writer/blog",)),
    "refused": plan(update("writer/tweet", MODEL), refused=(REFUSED,)),
    "blocked": plan(DELETE, guards=BLOCKED),
    "blocked-by-drift": plan(
        DELETE,
        update("writer/blog", MODEL),
        held=BLOCKING[1:],
        drifted=tuple(NAMES),
        guards=BLOCKED[:1],
        diagnostics=(*UNKNOWN_BASE, *NO_MANIFEST),
    ),
    "others": plan(
        adopted=("support/tier3",),
        unmanaged=2,
        foreign={"team-b": 14, "growth": 3},
        copies=1,
        diagnostics=(ADOPTED, *NO_MANIFEST[:1]),
    ),
    "offline": plan(
        CREATE,
        *(replace(c, live=replace(c.live, row=replace(c.live.row, number=0))) for c in EQUAL[:2]),
        replace(DELETE, live=replace(DELETE.live, row=replace(DELETE.live.row, number=0)), losses=Losses()),
        offline=True,
        proposed=frozenset({"writer/tweet"}),
    ),
    "offline-nothing": plan(offline=True, proposed=frozenset()),
    "hostile": plan(
        HOSTILE,
        deployment=Deployment(name=HOSTILE_WORD, url=f"https://{HOSTILE_WORD}"),
        held=(Held(change=replace(HOSTILE, reasons=(Reason.DRIFT,)), why=HOSTILE_TEXT, blocks=True),),
        refused=(replace(REFUSED, message=HOSTILE_TEXT, path=HOSTILE_WORD, hint=HOSTILE_TEXT),),
        guards=(Guard(guard="renamed", verdict="blocked", message=HOSTILE_TEXT, allow=HOSTILE_WORD),),
        diagnostics=(replace(WARNING, message=HOSTILE_TEXT, path=None, key=HOSTILE_WORD),),
        foreign={HOSTILE_WORD: 1},
    ),
}

THREE = plan(CREATE, *EQUAL)
RESTORED = (
    ACTIVATE,
    replace(ACTIVATE, wanted=wanted("support/tier1"), reasons=(Reason.DRIFT,), state=State.EDITED),
    replace(ACTIVATE, wanted=wanted("support/tier2"), reasons=(Reason.DRIFT,), state=State.EDITED),
    replace(ROLLED_BACK, wanted=wanted("support/tier3")),
    replace(EDITED, wanted=wanted("writer/tweet")),
)
OLDER = replace(HELD_BACK, change=replace(ROLLED_BACK, wanted=wanted("support/tier2")))


def report(of: Plan, *outcomes: Outcome, converged: bool = True, interrupted: bool = False) -> Report:
    """What an apply of this plan did."""
    return Report(plan=of, outcomes=outcomes, converged=converged, interrupted=interrupted)


def applied(change: Change, version: int | None, by: str) -> Outcome:
    """It went as planned."""
    return Outcome(change=change, result=Result.APPLIED, version=version, by=by)


def answered(text: str, seconds: float = 2.4) -> Answered:
    """A run that says this."""
    return Answered(text=text, output={}, seconds=seconds)


LATE = Trial(
    key="support/tier1",
    tried=Try(
        name="late parcel",
        input={"messages": [{"role": "user", "content": "My parcel is two weeks late."}]},
        expect=Expect(contains=("voucher",)),
        path="assistants/support/tier1.yaml",
        line=9,
    ),
    after=answered("I am sorry to hear that.\nPlease wait another week."),
    failures=("does not contain `voucher`",),
)
POLITE = Trial(
    key="support/tier1",
    tried=Try(name="polite", input="Hello?", path="assistants/support/tier1.yaml", line=14),
    after=answered("Hello! How can I help?", 1.1),
)
BROKEN = Trial(
    key="writer/blog",
    tried=Try(name="headline", input={"topic": "tents"}, path="assistants/writer/blog.tries.yaml", line=2),
    after=Erred(
        error="ValidationError",
        message="1 validation error for WriterContext\ntemperature\n  Input should be a number",
        fields=("temperature",),
    ),
)
LEFT = "the run 018f3c on thread 7a1e22"
CREATED = applied(CREATE, 1, "POST /assistants")
REPORTS: dict[str, Report] = {
    "report-nothing": report(PLANS["nothing"]),
    "report-ok": report(
        plan(CREATE, EQUAL[0], EQUAL[1], ACTIVATE, unchanged=UNCHANGED[:3]),
        CREATED,
        applied(EQUAL[0], 3, "PATCH"),
        applied(EQUAL[1], 4, "PATCH"),
        applied(ACTIVATE, 3, "set-latest, then PATCH"),
    ),
    "report-restored": report(
        plan(*RESTORED),
        applied(RESTORED[0], 1, "set-latest"),
        applied(RESTORED[1], 3, "set-latest, then PATCH"),
        applied(RESTORED[2], 4, "PATCH"),
        applied(RESTORED[3], 2, "set-latest"),
        applied(RESTORED[4], 6, "PATCH"),
    ),
    "report-failures": report(
        THREE,
        CREATED,
        Outcome(change=EQUAL[0], result=Result.STALE, version=4),
        Outcome(
            change=EQUAL[1],
            result=Result.FAILED,
            version=3,
            by="PATCH",
            error="the server answered 422: context.tools: unknown tool refund_status",
        ),
        Outcome(change=EQUAL[2], result=Result.UNKNOWN, by="PATCH", error="no answer within 30 seconds"),
        converged=False,
    ),
    "report-interrupted": report(THREE, CREATED, interrupted=True),
    "report-stopped": report(
        THREE,
        CREATED,
        applied(EQUAL[0], 3, "PATCH"),
        *(
            Outcome(change=change, result=Result.FAILED, version=3, error="not started: the run was interrupted")
            for change in EQUAL[1:]
        ),
        converged=False,
        interrupted=True,
    ),
    "report-not-converged": report(plan(CREATE), CREATED, converged=False),
    "report-held": report(
        plan(
            CREATE,
            held=(HELD, OLDER),
            guards=(replace(BLOCKED[0], verdict="allowed", by="--allow"),),
            diagnostics=(WARNING,),
        ),
        replace(CREATED, note="somebody else wrote to it at the same time: versions 2 to 3 were made"),
        *(Outcome(change=one.change, result=Result.HELD, error=one.why) for one in (HELD, OLDER)),
    ),
    "report-taken-back": replace(
        report(
            plan(*EQUAL, ACTIVATE),
            replace(
                applied(EQUAL[0], 4, "set-latest, then PATCH"),
                result=Result.ROLLED_BACK,
                error="try `late parcel`: does not contain `voucher`",
            ),
            applied(EQUAL[1], 4, "PATCH"),
            applied(EQUAL[2], 5, "PATCH"),
            replace(
                applied(ACTIVATE, 2, "set-latest"),
                result=Result.ROLLED_BACK,
                error="try `headline`: the run ended with ValidationError",
            ),
            converged=False,
        ),
        checks=(
            Check(key="support/tier1", trials=(LATE, POLITE), before=2, proof=answered("A voucher is on its way.")),
            Check(
                key="support/tier2",
                trials=(replace(LATE, key="support/tier2", failures=(), after=answered("Here is a voucher.")),),
                before=3,
            ),
            Check(key="support/tier3", trials=(replace(POLITE, key="support/tier3"),), before=4),
            Check(key="writer/blog", trials=(BROKEN,), before=2, proof=Unknown(why="no end within 120 s")),
        ),
    ),
    "report-check-not-known": replace(
        report(
            plan(CREATE, *EQUAL),
            CREATED,
            *(applied(change, number, "PATCH") for number, change in enumerate(EQUAL, 3)),
            interrupted=True,
        ),
        checks=(
            Check(
                key="writer/tweet",
                trials=(replace(LATE, key="writer/tweet"),),
                kept="it was created by this apply, so there is nothing to go back to",
            ),
            Check(
                key="support/tier1",
                trials=(replace(LATE, failures=(), after=Unknown(why="it was interrupted", left=LEFT)), POLITE),
                before=2,
            ),
            Check(
                key="support/tier2",
                trials=(replace(LATE, failures=(), after=NotRun(why="interrupted before it was sent")),),
                before=3,
            ),
            Check(
                key="support/tier3",
                trials=(replace(LATE, key="support/tier3"),),
                before=4,
                kept="interrupted before it was taken back",
            ),
        ),
    ),
}
