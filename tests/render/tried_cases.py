"""What tries found of the plans of a believable team, one for each thing that a reader can meet."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.model.plan import Plan
from reconciler.model.trial import Answered, Call, Erred, NotRun, Ran, Trial, Tried, Unknown
from reconciler.model.tries import Expect, Try
from tests.render.cases import MODEL, OWNER, STAGING, update
from tests.render.comment_cases import ONE_PROMPT, SHARED_BY_ALL, proposed

OLD = "We have rewritten the importer. It is faster now.\n\nLimits: none that we know of."
NEW = "We have rewritten the importer.\n\nLimits: files of more than 2 GB are refused."
REFUND = Call(tool="refund", arguments={"invoice": "R-1042", "amount": 25})


def tried_once(name: str, text: str, **expect: object) -> Try:
    """A question of one message."""
    asked = {"messages": [{"role": "user", "content": text}]}
    return Try(name=name, input=asked, expect=Expect(**expect), path="assistants/writer/blog.tries.yaml", line=2)  # type: ignore[arg-type]  # names and values come from the case


def answered(text: str, seconds: float = 1.2, **more: object) -> Answered:
    """A run that came to its end."""
    return Answered(text=text, output={"messages": []}, seconds=seconds, **more)  # type: ignore[arg-type]  # names and values come from the case


def trial(
    key: str, tried: Try, after: Ran, before: Ran | None = None, *failures: str, notes: tuple[str, ...] = ()
) -> Trial:
    """One try of one assistant."""
    return Trial(key=key, tried=tried, after=after, before=before, failures=failures, notes=notes)


def found(*trials: Trial, **more: object) -> Tried:
    """What was found on the deployment of the plans."""
    made = Tried(deployment=STAGING, owner=OWNER, commit="4be1c07", trials=trials)
    return replace(made, **more)  # type: ignore[arg-type]  # names and values come from the case


LIMITS = tried_once("names the limits", "Write about our new importer.", contains=("Limits:",))
MONEY = tried_once("no money without asking", "I want my money back.", not_contains=("refunded",))
JSON = replace(MONEY, name="as a form", input={"ticket": {"id": 7, "open": True}, "lines": ["one", "two"]})
GREETS = tried_once("greets", "Hello!")
STAYS = "its field `tone`, which the manifest no longer has, stays in this run"


def tried_by_others(text: str) -> Tried:
    """Tries in which this text stands wherever text of others can stand."""
    one = tried_once(text, text, contains=(text,))
    return found(
        trial(text, one, answered(text), Erred(error=text, message=text, fields=(text,)), text, notes=(text,)),
        trial(text, replace(one, input={text: [text]}), answered("", calls=(Call(tool=text, arguments={text: text}),))),
        trial("writer/other", one, Unknown(why=text, left=text), NotRun(why=text)),
        against=text,
        alike={text: (f"{text} too",)},
        untried={text: text},
    )


TRIED: dict[str, tuple[Plan, Tried]] = {
    "tried": (
        proposed(ONE_PROMPT, keys=("writer/blog",)),
        found(
            trial("writer/blog", LIMITS, answered(NEW), answered(OLD, 2.04), notes=(STAYS,)),
            trial(
                "writer/blog",
                GREETS,
                answered("Hello. What shall we write about?"),
                answered("Hello. What shall we write about?"),
            ),
        ),
    ),
    "tried-failed": (
        proposed(ONE_PROMPT, update("writer/tweet", MODEL), keys=("writer/blog", "writer/tweet")),
        found(
            trial(
                "writer/blog",
                LIMITS,
                answered("We have rewritten the importer.", 12.3),
                answered(OLD),
                "does not contain `Limits:`",
                "took 12.3 s, and 10 s are the most",
            ),
            trial(
                "writer/tweet",
                GREETS,
                Erred(
                    error="ValidationError",
                    message="1 validation error for Ctx\nmodel_name\n  Input should be 'openai'",
                    fields=("model_name",),
                    seconds=0.9,
                ),
                answered("Hello."),
            ),
            trial(
                "writer/tweet",
                MONEY,
                Unknown(why="the answer was lost, and the run is gone", left="the thread 1d3c7a52"),
                answered("No."),
            ),
            untried={"support/tier1": "20 runs are the most (--max-runs)"},
        ),
    ),
    "tried-calls": (
        proposed(ONE_PROMPT, keys=("writer/blog",)),
        found(
            trial(
                "writer/blog",
                JSON,
                answered("", calls=(REFUND,), stopped=True),
                answered("I ask a colleague.", stopped=True),
            ),
            trial("writer/blog", MONEY, NotRun(why="the time for all runs is over"), answered("No.")),
            interrupted=True,
        ),
    ),
    "tried-equal": (
        proposed(*SHARED_BY_ALL[:12], keys=tuple(change.wanted.key for change in SHARED_BY_ALL[:12])),
        found(
            *(trial(change.wanted.key, GREETS, answered("Good day."), answered("Hi!")) for change in SHARED_BY_ALL[:3]),
            alike={SHARED_BY_ALL[0].wanted.key: tuple(change.wanted.key for change in SHARED_BY_ALL[3:12])},
        ),
    ),
    "tried-alone": (proposed(keys=("writer/blog",)), found(trial("writer/blog", LIMITS, answered(NEW)))),
    "tried-off": (proposed(ONE_PROMPT, keys=("writer/blog",)), found(off="LANGSMITH_API_KEY is not set here")),
}
