"""A plan as a comment on a pull request, and in the same words as the summary of a run: for who reviews prompts.

The comment begins with a hidden line by which it is found again, and ends with one of what it said of each assistant.
It is never longer than GitHub takes, and nothing in it that is not ours links, pings, formats or hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.trial import Tried
from reconciler.render import entries, fingerprint, headline, plain, shorten, told, totals
from reconciler.render.escape import code, prose
from reconciler.render.hidden import first_line
from reconciler.render.plain import Voice
from reconciler.render.sections import Entry, section, sentence
from reconciler.render.shorten import ANSWERS, LEVELS, SUMMARY_LIMIT, Level, in_bytes
from reconciler.render.told import Item, Told
from reconciler.render.words import counted

LIMIT = shorten.LIMIT - 1_500
"""The characters of a comment, with room for the lines that are added where it is posted."""

ALREADY = "{} carries these out as well."
"""Said of what is on main already, with what is done in front."""

_LARGER = 12
"""How much more of everything a summary shows than a comment, where not all of it fits."""


class _Rung(Struct, frozen=True, kw_only=True):
    """How much is written out of what needs care and is the pull request's own, and how much of all else."""

    ours: Level
    rest: Level
    said: str | None = None


TRIED = "Tried, and not changed"
"""Over assistants whose tries are others than before, or whose content is live already."""


def plan(plan: Plan, *, tried: Tried | None = None, limit: int = LIMIT) -> str:
    """The comment, of at most `limit` characters (ten thousand are needed); it ends with a line end."""
    first = first_line("plan", plan.owner, plan.deployment.name)
    last = fingerprint.of(plan)
    body = _render(plan, tried, plain.MERGING, limit - len(first) - len(last) - 4, len, 1)
    return f"{first}\n\n{body}\n{last}\n"


def summary(plan: Plan, *, tried: Tried | None = None, limit: int = SUMMARY_LIMIT) -> str:
    """The same for the summary of a run, of at most `limit` bytes, without the hidden lines."""
    return _render(plan, tried, plain.APPLYING, limit, in_bytes, _LARGER)


def failed(
    owner: str | None, deployment: str | None, message: str, hint: str | None, diagnostics: Iterable[Diagnostic]
) -> str:
    """The comment where no plan could be made, with the errors and their places. It ends with no line about
    assistants: nothing was said of any."""
    first = first_line("plan", owner, deployment)
    body = _failed(deployment, message, hint, diagnostics, plain.MERGING, LIMIT - len(first) - 2, len, 1)
    return f"{first}\n\n{body}"


def failed_summary(
    owner: str | None, deployment: str | None, message: str, hint: str | None, diagnostics: Iterable[Diagnostic]
) -> str:
    """The same for the summary of a run."""
    return _failed(deployment, message, hint, diagnostics, plain.APPLYING, SUMMARY_LIMIT, in_bytes, _LARGER)


def _rungs(voice: Voice, times: int, *, answers: bool = False) -> Iterator[_Rung]:
    """From all of it down to numbers: first answers, then what is not the pull request's own is shortened, then that as
    well."""
    scaled = [_scaled(level, times) for level in LEVELS]
    whole = f"The whole is {voice.whole}."
    yield _Rung(ours=scaled[0], rest=scaled[0])
    gone = ""
    if answers:
        for number in ANSWERS:
            cut = replace(scaled[0], answers=number * times)
            yield _Rung(
                ours=cut, rest=cut, said=f"Shortened to fit: answers are {'cut' if number else 'left out'}. {whole}"
            )
        scaled, gone = [replace(level, answers=0) for level in scaled], "answers are left out, and "
    for rest in (scaled[2], scaled[4], scaled[6], scaled[8]):
        said = f"Shortened to fit: {gone}what {voice.ours} did not change is not all shown. {whole}"
        yield _Rung(ours=scaled[0], rest=rest, said=said)
    for level, ours in zip(LEVELS[1:], scaled[1:], strict=True):
        if level.bodies:
            left_out = "long differences are cut"
        else:
            left_out = "this says who changes, but not what" if level.entries else "this says only how many change"
        for rest in (scaled[4], scaled[6], scaled[8]):
            yield _Rung(ours=ours, rest=rest, said=f"Shortened to fit: {gone}{left_out}. {whole}")


def _scaled(level: Level, times: int) -> Level:
    def more(number: int | None) -> int | None:
        return None if number is None else number * times

    return replace(
        level,
        diff=more(level.diff),
        prose=more(level.prose),
        entries=more(level.entries),
        names=more(level.names),
        said=None,
    )


def _render(plan: Plan, tried: Tried | None, voice: Voice, limit: int, size: Callable[[str], int], times: int) -> str:
    found = told.told(plan, voice, tried)
    head = headline.of(plan, voice, tried)
    care, ours, others, before, outside, notes = (
        [_entry(item) for item in items]
        for items in (found.care, found.ours, found.tried, found.before, found.outside, found.notes)
    )
    how = sides(plan, voice) if any(entry.diff for entry in (*care, *ours, *before, *outside)) else None

    def render(rung: _Rung) -> str:
        parts = [
            *_head(head, found, plan, rung),
            *([how] if how and rung.ours.bodies else []),
            *section("Needs care", care, rung.ours, counted=False),
            *section(title(plan, voice), ours, rung.ours),
            *section(TRIED, others, rung.ours),
            *_fold("Already on main, not yet applied", ALREADY.format(voice.doing.capitalize()), before, rung.rest),
            *_fold("Drift: edited in Studio, or elsewhere outside git", "", outside, rung.rest),
            *section("Notes", notes, rung.rest),
            *_end(plan, rung.rest),
        ]
        return "\n\n".join(parts) + "\n"

    answers = tried is not None and bool(tried.trials)
    return shorten.fullest(render, _rungs(voice, times, answers=answers), limit, size)


def title(plan: Plan, voice: Voice) -> str:
    """Over the changes that need no care: all of them, where nobody asked which are the pull request's own."""
    return voice.changes if plan.proposed is not None or plan.offline else "What changes"


def sides(plan: Plan, voice: Voice) -> str:
    """What the signs in a difference mean."""
    if plan.offline:
        return f"In the differences, `-` is what the base commit says and `+` is what {voice.ours} would make of it."
    return "In the differences, `-` is what is live now and `+` is what git says."


def _head(head: headline.Headline, found: Told, plan: Plan, rung: _Rung) -> list[str]:
    return [
        f"## {_deployment(plan.deployment.name, rung.ours)}: {head.title}",
        *([f"> [!CAUTION]\n> {prose(head.stops)}"] if head.stops else []),
        *(["> [!CAUTION]\n> " + "<br>".join(prose(rung.ours.clip(line)) for line in head.red)] if head.red else []),
        *(_alert(alert, rung.ours) for alert in found.alerts[:3]),
        *([" ".join(map(prose, head.told))] if head.told else []),
        *([" ".join(prose(rung.ours.clip(line)) for line in head.tried)] if head.tried else []),
        *([f"> [!NOTE]\n> {rung.said}"] if rung.said else []),
    ]


def _deployment(name: str | None, level: Level) -> str:
    return f"Deployment {code(level.clip(name))}" if name is not None else "The deployment"


def _alert(alert: Diagnostic, level: Level) -> str:
    hint = f"<br>{prose(level.clip(alert.hint))}" if alert.hint else ""
    return f"> [!WARNING]\n> {prose(sentence(level.clip(alert.message)))}{hint}"


def _fold(title: str, note: str, items: list[Entry], level: Level) -> list[str]:
    """A section that is read by who opens it."""
    inside = section(title, items, level, note)[1:]
    if not inside:
        return []
    number = sum(entry.count for entry in items)
    return [f"<details><summary><b>{title}</b> ({number:,})</summary>", *inside, "</details>"]


def _end(plan: Plan, level: Level) -> list[str]:
    others = len(plan.unchanged) + len(plan.adopted)
    stay = f"{counted(others, 'other assistant')} {'stays as it is' if others == 1 else 'stay as they are'}."
    said = [] if plan.is_empty or not others else [stay]
    said += [also] if (also := totals.others(plan)) else []
    server = [f"Server: {code(level.clip(plan.deployment.url))}"] if plan.deployment.url and not plan.offline else []
    return [*([prose(level.clip(" ".join(said)))] if said else []), *server]


def _entry(item: Item) -> Entry:
    meanings = {meaning: None for detail in item.details if (meaning := detail.legend(detail.lines))}
    body = [f"{title} {code(command)}" for title, command in item.ways]
    return Entry(
        verb=item.verb,
        names_first=item.names_first,
        names=list(item.names),
        count=item.count,
        said=item.said,
        fields=list(item.fields),
        where=[", ".join([code(place), *([live] if live else [])]) for place, live in item.places],
        body=[*body, *(f"({prose(meaning)})" for meaning in meanings)],
        diff=[line for detail in item.details for line in entries.diff(detail)],
        tries=list(item.tries),
        hint=item.hint,
    )


def _failed(
    deployment: str | None,
    message: str,
    hint: str | None,
    diagnostics: Iterable[Diagnostic],
    voice: Voice,
    limit: int,
    size: Callable[[str], int],
    times: int,
) -> str:
    found = list(diagnostics)
    errors, others = (
        [_entry(item) for item in told.diagnostics(one for one in found if (one.severity == "error") is wrong)]
        for wrong in (True, False)
    )

    def render(rung: _Rung) -> str:
        clip = rung.ours.clip
        parts = [
            f"## {_deployment(deployment, rung.ours)}: no plan could be made",
            f"> [!CAUTION]\n> What {voice.doing} would do is not known: {prose(clip(message))}",
            *([f"What to do: {'<br>'.join(map(prose, clip(hint).splitlines()))}"] if hint else []),
            *([f"> [!NOTE]\n> {rung.said}"] if rung.said else []),
            *section("What has to be put right", errors, rung.ours),
            *section("Notes", others, rung.rest),
        ]
        return "\n\n".join(parts) + "\n"

    return shorten.fullest(render, _rungs(voice, times), limit, size)
