"""What came of one try, in words, for who judges a prompt by its answers.

Answers, inputs, names and messages are text of others: nothing returned is escaped yet.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from reconciler.model.json import Json
from reconciler.model.trial import Answered, Call, Erred, NotRun, Ran, Trial, Unknown, Verdict
from reconciler.render import values

REAL = "A try is a real run: what the graph's tools did in it, they did."
"""To be said wherever tries are shown."""

SHORT = 300
"""Characters of the words of what did not run; below stand all of them."""


class Side(Struct, frozen=True, kw_only=True):
    """One run. `title` is of ours, `said` goes on from it, with the comma or semicolon that it begins with, and quotes
    names in backticks. `text` is what it answered, or the words of its error; None where there is none. `calls` is what
    it would call next and what it asks, an entry each."""

    title: str
    said: str
    text: str | None = None
    calls: tuple[str, ...] = ()


class Shown(Struct, frozen=True, kw_only=True):
    """One try of one assistant. `said` follows its name: `passed in 1.2 s`. `sides` are the answer before and the one
    after; one where there was one run, or both say the same. `notes` are sentences."""

    key: str
    name: str
    verdict: Verdict
    said: str
    input: str
    sides: tuple[Side, ...]
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        """`The answer before and the answer after`."""
        first, *others = (side.title for side in self.sides)
        return " and ".join([first, *(f"{other[:1].lower()}{other[1:]}" for other in others)])


def shown(trial: Trial) -> Shown:
    """The try with all there is to say of it."""
    return Shown(
        key=trial.key,
        name=trial.tried.name,
        verdict=trial.verdict,
        said=said(trial),
        input=_input(trial.tried.input),
        sides=tuple(_sides(trial)),
        notes=tuple(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in trial.notes),
    )


def said(trial: Trial) -> str:
    """How it went, as what follows its name."""
    after = trial.after
    match trial.verdict:
        case Verdict.FAILED:
            why = trial.failures if isinstance(after, Answered) else (_went(after),)
            same = _fails_alike(trial)
            return f"failed: {'; '.join(why)}{'; what is compared with it fails in the same way' if same else ''}"
        case Verdict.PASSED:
            return f"passed {_went(after)}"
        case Verdict.SHOWN:
            return f"answered {_went(after)}"
        case Verdict.UNKNOWN | Verdict.NOT_RUN:
            return _went(after)


def _fails_alike(trial: Trial) -> bool:
    before, after = trial.before, trial.after
    return isinstance(before, Erred) and isinstance(after, Erred) and before.error == after.error


def _went(ran: Ran) -> str:
    match ran:
        case Answered():
            return f"in {ran.seconds:.1f} s{_left(ran.left)}"
        case Erred() if not ran.started:
            first = " ".join(ran.message[: 2 * SHORT].split())
            return f"nothing ran: `{ran.error}`: {first if len(first) <= SHORT else f'{first[:SHORT]}…'}"
        case Erred():
            named = f", which names {', '.join(f'`{name}`' for name in ran.fields)}" if ran.fields else ""
            return f"the run ended with `{ran.error}`{named}"
        case Unknown():
            return f"how it ended is not known: {ran.why}{_left(ran.left)}"
        case NotRun():
            return f"not run: {ran.why}"


def _left(left: str | None) -> str:
    return f"; on the server may still be {left}" if left else ""


def _sides(trial: Trial) -> list[Side]:
    before, after = trial.before, trial.after
    if before is None:
        return [side("The answer", after, known=said(trial))]
    if isinstance(before, Answered) and isinstance(after, Answered) and _same(before, after):
        return [side("The answer, the same before and after", after)]
    sides = (("The answer before", before), ("The answer after", after))
    return [side(title, ran, known=said(trial)) for title, ran in sides]


def _same(before: Answered, after: Answered) -> bool:
    one, other = ((ran.text, ran.calls, ran.stopped, ran.asks, ran.left) for ran in (before, after))
    return one == other


def side(title: str, ran: Ran, *, known: str = "") -> Side:
    """One run under a title of ours, which begins with `The answer`. What is `known` already is not said again."""
    none = title.replace("The answer", "No answer", 1)
    match ran:
        case Answered():
            asks = ran.asks if ran.asks and ran.asks != ran.text else None
            about = [_went(ran)]
            about += [] if ran.text or asks else ["it says nothing"]
            about += ["it is longer, and only this was kept"] if ran.cut else []
            about += ["the graph asks this itself, and waits"] if ran.asks else []
            about += ["it stops there, and would call"] if ran.calls else []
            about += ["it stops there"] if ran.stopped and not (ran.calls or ran.asks) else []
            calls = (*map(_call, ran.calls), *([f"asks: {asks}"] if asks is not None else []))
            return Side(title=title, said=f", {'; '.join(about)}", text=ran.text or None, calls=calls)
        case Erred():
            went = _went(ran) if ran.started else "nothing ran"
            return Side(title=none, said="" if went in known else f"; {went}", text=f"{ran.error}: {ran.message}")
        case Unknown() | NotRun():
            return Side(title=none, said="" if _went(ran) in known else f"; {_went(ran)}")


def _call(call: Call) -> str:
    return f"{call.tool} {values.dumps(call.arguments)}"


def _input(value: Json) -> str:
    """What was asked: the text, where that is all, else JSON."""
    match value:
        case str():
            return value
        case {"messages": [{"role": "user" | "human", "content": str(text)}], **rest} if not rest:
            return text
        case _:
            return values.pretty(value)


def by_key(trials: tuple[Trial, ...]) -> Mapping[str, tuple[Shown, ...]]:
    """The tries of each assistant, in their order."""
    found: dict[str, tuple[Shown, ...]] = {}
    for trial in trials:
        found[trial.key] = (*found.get(trial.key, ()), shown(trial))
    return found
