"""Plans and reports of any strings at all, the nasty ones often."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.change import Activate, Create, Delete, FieldChange, Losses, Reason, State, Update, key_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live, Version
from reconciler.model.marker import Marker
from reconciler.model.plan import Deployment, Guard, Held, Plan
from reconciler.model.report import Check, Outcome, Report, Result
from reconciler.model.spec import Spec
from reconciler.model.trial import Answered, Call, Erred, NotRun, Trial, Tried, Unknown
from reconciler.model.tries import Expect, Try
from reconciler.model.wanted import Wanted
from tests.strategies import made

FEW = settings(max_examples=25, deadline=None)
"""For what takes a whole plan."""

NASTY = st.sampled_from(
    [
        "\x1b[31m", "\x9b2J", "\x00", "\r", "\n", "\n\n", "\t", "\u202e", "\u2066", "\u200f", "\u2028", "\x85",
        "\ud800", "\U000e0041", "```", "`", "~~~", "</details>", "<!--", "]](x)", "[a](javascript:x)", "@everyone",
        "#1", "a/b#2", "https://evil.example.com", "www.evil.com", "a@evil.com", "::error::", "##[error]", "|", "\\",
        "*", "_", "- ", "1. ", "&lt;", "$x$", ":smile:", "GH-1", " ", "  ", "\u00a0", "é", "e\u0301", "漢字",
        "x" * 90, "    code",
    ]
)  # in columns, to be read as a table # fmt: skip
texts = st.one_of(st.lists(NASTY, max_size=6).map("".join), st.text(max_size=30), st.just("writer/tweet"))
numbers = st.integers(min_value=1, max_value=99)
maybe = st.none() | texts
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, json_values, max_size=3)
specs = made(Spec, graph_id=texts, name=texts, description=texts, context=objects, metadata=objects)
wanted = made(Wanted, key=texts, assistant_id=texts, spec=specs, path=texts, line=numbers, adopts=st.booleans())
markers = made(Marker, owner=texts, key=texts, id=texts)
lives = made(Live, assistant_id=texts, row=made(Version, number=numbers, spec=specs, marker=st.none() | markers))
paths = st.lists(texts | st.integers(0, 9), min_size=1, max_size=3).map(tuple)
fields = st.one_of(
    made(FieldChange, path=paths, op=st.just("add"), after=json_values),
    made(FieldChange, path=paths, op=st.just("remove"), before=json_values),
    made(FieldChange, path=paths, op=st.just("replace"), before=json_values, after=json_values),
)
common = {
    "reasons": st.lists(st.sampled_from(Reason), unique=True, max_size=2).map(tuple),
    "state": st.sampled_from(State),
    "fields": st.lists(fields, max_size=3).map(tuple),
    "note": maybe,
}
counts = st.none() | st.integers(0, 99)
losses = made(Losses, versions=counts, threads=counts, crons=counts, more=st.booleans())
changes = st.one_of(
    made(Create, wanted=wanted, **common),
    made(Update, wanted=wanted, live=lives, **common),
    made(Activate, wanted=wanted, live=lives, target=numbers, **common),
    made(Delete, live=lives, losses=losses, **common),
)
diagnostics = made(
    Diagnostic,
    severity=st.sampled_from(["error", "warning", "note"]),
    code=texts,
    message=texts,
    path=maybe,
    line=st.none() | numbers,
    column=st.none() | numbers,
    hint=maybe,
    key=maybe,
)
guards = made(Guard, guard=texts, verdict=st.sampled_from(["passed", "blocked", "allowed"]), message=texts, allow=maybe)
few_diagnostics = st.lists(diagnostics, max_size=2).map(tuple)
keys = st.lists(texts, max_size=3).map(tuple)
plans = made(
    Plan,
    deployment=made(Deployment, name=maybe, url=texts),
    owner=texts,
    commit=maybe,
    base=maybe,
    changes=st.lists(changes, max_size=3).map(tuple),
    held=st.lists(made(Held, change=changes, why=texts, blocks=st.booleans(), ahead=st.booleans()), max_size=2).map(
        tuple
    ),
    refused=few_diagnostics,
    left_out=st.lists(changes, max_size=1).map(tuple),
    unchanged=keys,
    adopted=keys,
    drifted=keys,
    unmanaged=st.integers(0, 3),
    foreign=st.dictionaries(texts, numbers, max_size=2),
    copies=st.integers(0, 2),
    guards=st.lists(guards, max_size=2).map(tuple),
    diagnostics=few_diagnostics,
)

seconds = st.floats(0, 999, allow_nan=False)
rans = st.one_of(
    made(
        Answered,
        text=texts,
        output=json_values,
        seconds=seconds,
        calls=st.lists(made(Call, tool=texts, arguments=json_values), max_size=2).map(tuple),
        stopped=st.booleans(),
        cut=st.booleans(),
        asks=maybe,
        left=maybe,
    ),
    made(Erred, error=texts, message=texts, fields=keys, seconds=seconds, started=st.booleans()),
    made(Unknown, why=texts, left=maybe),
    made(NotRun, why=texts),
)
expects = made(Expect, contains=keys)
trials = made(
    Trial,
    key=texts,
    tried=made(Try, name=texts, input=json_values, expect=expects, path=texts, line=numbers),
    after=rans,
    before=st.none() | rans,
    failures=keys,
    notes=keys,
)
tries = made(
    Tried,
    deployment=made(Deployment, name=maybe, url=texts),
    owner=texts,
    commit=maybe,
    against=st.just("live") | texts,
    trials=st.lists(trials, max_size=3).map(tuple),
    alike=st.dictionaries(texts, keys, max_size=2),
    untried=st.dictionaries(texts, texts, max_size=2),
    off=st.none() | st.none() | texts,
    interrupted=st.booleans(),
)


@st.composite
def checks(draw: st.DrawFn, key: str) -> Check:
    """What the tries of one assistant found."""
    return Check(
        key=key,
        trials=draw(st.lists(trials, min_size=1, max_size=2).map(tuple)),
        before=draw(st.none() | numbers),
        proof=draw(st.none() | rans),
        kept=draw(maybe),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report on any plan; some changes have no outcome."""
    plan = draw(plans)
    outcomes = [
        Outcome(
            change=change,
            result=draw(st.sampled_from(Result)),
            by=draw(maybe),
            version=draw(st.none() | numbers),
            error=draw(maybe | st.just("not started: the run was interrupted")),
            note=draw(maybe),
        )
        for change in plan.changes
        if draw(st.booleans())
    ]
    if outcomes and draw(st.booleans()):  # as where a saved plan was stale
        plan = replace(plan, left_out=(*plan.left_out, outcomes[0].change))
    checked = [key_of(outcome.change) for outcome in outcomes if draw(st.booleans())]
    return Report(
        plan=plan,
        outcomes=tuple(outcomes),
        converged=draw(st.booleans()),
        interrupted=draw(st.booleans()),
        checks=tuple(draw(checks(key)) for key in checked),
    )
