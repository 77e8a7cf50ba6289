"""After a merge, before the apply: what is planned against what was shown, and which deployments are to be applied."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from reconciler.app.github import fates, outputs, plans
from reconciler.app.github.merged import Merged
from reconciler.app.github.plans import Planned, some
from reconciler.app.github.step import Step
from reconciler.github.client import Client
from reconciler.github.errors import Forbidden
from reconciler.model.change import State
from reconciler.render import compared
from reconciler.render.answer import answer


class Stop(Struct, frozen=True, kw_only=True):
    """The deployment that stops those after it, and the reasons."""

    planned: Planned
    why: list[str]


def cut(planned: Sequence[Planned]) -> tuple[list[str], Stop | None]:
    """The deployments where something is to be written, in their order, and the first that stops those after it:
    without a plan, blocked, or with nothing but what is refused, or held although git changed it (an apply of it would
    not end well either); and one that would write what was taken back in a deployment before it."""
    found: list[str] = []
    back: dict[str, str] = {}
    for one in planned:
        document = one.document
        if document is None or document.blocked:
            return found, Stop(planned=one, why=one.failures)
        ahead = [held.key for held in document.held if held.ahead]
        if not document.changes and (document.refused or ahead):
            held = f"git has changed it, and it is left as it is, since it was edited outside git too: {some(ahead)}"
            return found, Stop(planned=one, why=one.failures or [held])
        again = [change.key for change in document.changes if change.key in back]
        if again:
            where = ", ".join(sorted({back[key] for key in again}))
            return found, Stop(planned=one, why=[f"it was taken back in {where}, and git still says it: {some(again)}"])
        back |= {held.key: one.name for held in document.held if held.state == State.ROLLED_BACK and not held.ahead}
        if document.changes:
            found.append(one.name)
    return found, None


def run(
    client: Callable[[], Client],
    here: Step,
    environ: Mapping[str, str],
    folder: Path,
    expect: list[str],
    *,
    author: str,
    emit: Callable[[str], None],
    say: Callable[[str], None],
) -> int:
    """Names what differs, writes the output `deployments`, then answers on the merged pull requests. 1 where a
    deployment stops those after it. Raises GitHubError before the output is written where GitHub cannot be read: what
    was not compared is not applied. A token that may not read pull requests compares nothing, and says so."""
    planned = plans.all_of(folder, expect, here)
    apply, stopped = cut(planned)
    with client() as api:
        merged = Merged(api=api, here=here, author=author)
        pulls: dict[str, dict[int, list[str]]] = {}
        for one in planned:
            try:
                pulls[one.name] = merged.pulls(one.commits)
                _compare(merged, one, pulls[one.name], here, emit)
            except Forbidden as error:
                pulls[one.name] = {}
                say(f"{one.name}: not compared with its pull requests: {error.message}")
        outputs.append(environ, {"deployments": json.dumps(apply)})
        for one in planned:
            _answer(merged, one, pulls[one.name], apply, stopped, say)
    if stopped is None:
        return 0
    for reason in stopped.why:
        say(f"{stopped.planned.name}: {reason}")
    say(f"{stopped.planned.name} and the deployments after it are not applied")
    return 1


def _compare(
    merged: Merged, one: Planned, pulls: Mapping[int, list[str]], here: Step, emit: Callable[[str], None]
) -> None:
    if one.document is None:
        return
    pending = {number: keys for number, keys in pulls.items() if not merged.is_answered(number, one)}
    seen = {number: merged.seen(number, one) for number in pending}
    found = compared.differences(one.prints, pending, seen)
    for line in compared.lines(one.name, found):
        emit(line)
    here.summarize(compared.markdown(one.name, found))


def _answer(
    merged: Merged,
    one: Planned,
    pulls: Mapping[int, list[str]],
    apply: list[str],
    stopped: Stop | None,
    say: Callable[[str], None],
) -> None:
    why = fates.obstacles(one.document) if one.document is not None else [f"There is no plan: {one.why}."]
    if stopped is not None and one is stopped.planned and one.document is not None and one.document.changes:
        why = why or [f"{reason[0].upper()}{reason[1:]}." for reason in stopped.why]
    before = apply[: apply.index(one.name)] if one.name in apply else []
    waits = "waits for the apply, which may need an approval"
    if before:
        waits = f"waits for `{before[-1]}`, which comes before"
    elif stopped is not None and one.name not in apply and one is not stopped.planned:
        waits = f"waits for `{stopped.planned.name}`, which is not applied"
    for number, keys in pulls.items():
        if merged.is_answered(number, one):
            continue
        found = fates.planned(one.document, keys, waits=waits)
        found = fates.superseded(found, merged.later(number, one.commits))
        blocked = why if any(not fate.live for fate in found) else []
        merged.put(number, one, answer(one.owner, one.name, found, why=blocked, run=merged.here.run), say)
