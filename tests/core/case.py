"""A plan case: what git wants, what is live with its history, what git has said -> what the plan is.

Each file of plan_cases/ is one. A spec there names only what matters: graph, name and description have defaults.

    about: one sentence
    options: {prune: true, on_drift: hold, named: [a/b], select: [a/b], adopt: true, allow: [...]}
    wanted:
      writer/tweet: {context: {prompt: new}, protected: true, ignore: [context.temperature], …}
    removed: {writer/tweet: delete}      # or keep; {how: delete, assistant_id: …} names another id
    live:
      writer/tweet:                      # a key stands for its derived id; anything else is an id of its own
        versions:                        # oldest first
          - git: {context: {prompt: old}}       # written by this tool: with a marker whose hash fits
          - studio: {context: {prompt: mine}}   # edited outside git: the marker before it stays
          - bare: {…}                           # no marker at all
        active: 1                        # the version that is live; default the newest
        now: {…}                         # the live row, where it is not exactly that version
    base: {writer/tweet: [{context: {prompt: old}}]}    # newest first; or a text: why it is not known
    facts: {repo: …, head: …, newer: […], unknown: […], before: {on_drift: hold}, now: {max_deletes: 9}, trailers: {…}}
    expect: {changes: […], held: […], refused: […], unchanged: […], guards: […], notes: […]}
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from reconciler.core import lookup
from reconciler.core.compare import Pair, compare
from reconciler.core.compose import Provenance, compose
from reconciler.core.guards import Facts, Limits, Safety, Trailer
from reconciler.core.plan import Observed, Options, plan
from reconciler.core.state import Base
from reconciler.model.change import Activate, Change, action, key_of
from reconciler.model.live import History, Live, Version
from reconciler.model.marker import MARKER, Marker, parse_marker
from reconciler.model.plan import Deployment, Guard, Plan
from reconciler.model.spec import Spec
from reconciler.model.wanted import OnDrift, Removed, Wanted

OWNER = "acme"
ROOT = uuid.UUID("e8ff3f8a-72c6-4a5a-b05d-21d4fe784185")
CASES = Path(__file__).parent / "plan_cases"


def derived_id(key: str, owner: str = OWNER) -> str:
    """The id of a key, by the rule of the README."""
    return str(uuid.uuid5(uuid.uuid5(ROOT, owner), key))


def identifier(name: str) -> str:
    """A key stands for its derived id, an UUID for itself."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return derived_id(name)


def wanted(key: str, said: dict[str, Any]) -> Wanted:
    """A manifest of a case."""
    said = dict(said)
    adopts = "assistant_id" in said
    return Wanted(
        key=key,
        assistant_id=said.pop("assistant_id", derived_id(key)),
        path=f"assistants/{key}.yaml",
        default=said.pop("default", False),
        protected=said.pop("protected", False),
        adopts=adopts,
        ignore=tuple(tuple(path.split(".")) for path in said.pop("ignore", [])),
        on_drift=OnDrift(said.pop("on_drift")) if "on_drift" in said else None,
        spec=spec(said),
    )


def spec(said: dict[str, Any]) -> Spec:
    metadata = {k: v for k, v in said.get("metadata", {}).items() if k != MARKER}
    return Spec(
        graph_id=said.get("graph_id", "writer"),
        name=said.get("name", "Writer"),
        description=said.get("description", ""),
        context=said.get("context", {}),
        config=said.get("config", {}),
        metadata=metadata,
    )


def live(name: str, said: dict[str, Any]) -> tuple[Live, History]:
    """An assistant of a case with its history, newest first."""
    rows: list[Version] = []
    for number, entry in enumerate(said["versions"], start=1):
        ((who, content),) = entry.items()
        rows.append(_row(name, number, who, content or {}, rows[-1] if rows else None))
    active = next(r for r in rows if r.number == said.get("active", len(rows)))
    if "now" in said:
        content = said["now"]
        active = replace(active, spec=spec(content), residue=content.get("residue", {}))
    return Live(assistant_id=identifier(name), row=active), History(rows=tuple(reversed(rows)), complete=True)


def _row(name: str, number: int, who: str, content: dict[str, Any], before: Version | None) -> Version:
    row = Version(number=number, spec=spec(content), residue=content.get("residue", {}))
    if who == "bare":
        return row
    if who == "studio":
        return replace(row, marker=before.marker if before else parse_marker(content.get("metadata", {}).get(MARKER)))
    key = content.get("key", name)
    mine = replace(
        wanted(key, {k: v for k, v in content.items() if k in ("protected", "ignore")}),
        spec=spec(content | {"metadata": content.get("git_metadata", content.get("metadata", {}))}),
        assistant_id=content.get("marker_id", identifier(name)),
    )
    marker: Marker = compose(mine, None, content.get("owner", OWNER), Provenance()).marker
    provenance = {name: content.get(name) for name in ("rollback", "repo", "deployment", "commit")}
    return replace(row, marker=replace(marker, hash=content.get("hash", marker.hash), **provenance))


def run(case: dict[str, Any], kept: Callable[[str, Pair, History], History] = lookup.kept) -> Plan:
    """The plan of a case, by the two pure steps and the look-up between them."""
    wants = [wanted(key, said or {}) for key, said in case.get("wanted", {}).items()]
    lives = {name: live(name, said) for name, said in case.get("live", {}).items()}
    gone = [_removed(key, said) for key, said in case.get("removed", {}).items()]
    comparison = compare(OWNER, wants, [one for one, _ in lives.values()], gone)
    histories = {one.assistant_id: history for one, history in lives.values()}
    bases: dict[str, Base] = {}
    for key, said in case.get("base", {}).items():
        unknown = isinstance(said, str)
        specs = () if unknown else tuple(wanted(key, one) for one in said)
        bases[identifier(key)] = Base(specs=specs, complete=not unknown, why=said if unknown else "")
    looked_up = {
        p.live.assistant_id: kept(OWNER, p, _read(p, histories[p.live.assistant_id])) for p in comparison.differs
    }
    leaving = (*comparison.orphans, *(live for _, live in comparison.given_up))
    looked_up |= {live.assistant_id: histories[live.assistant_id] for live in leaving}
    return plan(
        Deployment(name="staging", url="http://127.0.0.1:2024"),
        OWNER,
        comparison,
        Observed(histories=looked_up, bases=bases, facts=_facts(case.get("facts", {}))),
        _options(case.get("options", {})),
        wanted=len(wants) + len(gone),
    )


def _removed(key: str, said: str | dict[str, str]) -> Removed:
    how, named = (said, key) if isinstance(said, str) else (said["how"], said["assistant_id"])
    return Removed(key=key, assistant_id=identifier(named), path=f"assistants/{key}.yaml", keep=how == "keep")


def _read(pair: Pair, history: History) -> History:
    """As the reader does: pages, newest first, until it is enough."""
    for end in range(lookup.PAGE, len(history.rows) + lookup.PAGE, lookup.PAGE):
        rows = history.rows[:end]
        if lookup.enough(OWNER, pair, rows):
            return History(rows=rows, complete=len(rows) == len(history.rows))
    return history


def _options(said: dict[str, Any]) -> Options:
    return Options(
        prune=said.get("prune", False),
        adopt=said.get("adopt", False),
        on_drift=OnDrift(said["cli_on_drift"]) if "cli_on_drift" in said else None,
        default_on_drift=OnDrift(said.get("on_drift", "overwrite")),
        selected=frozenset(said["select"]) if "select" in said else None,
        named=frozenset(said.get("named", [])),
        allow=frozenset(said.get("allow", [])),
        allow_delete=frozenset(said.get("allow_delete", [])),
        limits=Limits(**said.get("limits", {})),
    )


def _facts(said: dict[str, Any]) -> Facts:
    trailers = tuple(Trailer(commit=commit, text=text) for commit, text in said.get("trailers", {}).items())
    rest = {name: said[name] for name in ("repo", "deployment", "head", "not_compared") if name in said}
    return Facts(
        newer=frozenset(said.get("newer", [])),
        unknown=frozenset(said.get("unknown", [])),
        before=_safety(said["before"]) if "before" in said else None,
        now=_safety(said.get("now", {})),
        trailers=trailers,
        **rest,
    )


def _safety(said: dict[str, Any]) -> Safety:
    limits = Limits(**{name: value for name, value in said.items() if name.startswith("max_")})
    on_drift = OnDrift(said.get("on_drift", "overwrite"))
    return Safety(limits=limits, on_drift=on_drift, prune=said.get("prune"), expect=said.get("expect"))


def _guard(guard: Guard) -> str:
    return f"{guard.guard}: {guard.verdict}{f' by {guard.by}' if guard.by else ''}"


def summary(made: Plan) -> dict[str, list[str]]:
    """A plan in the words of `expect`; what is empty is left out."""
    said = {
        "changes": [_say(change) for change in made.changes],
        "held": [f"{_say(h.change)}{' blocks' if h.blocks else ''}{' ahead' if h.ahead else ''}" for h in made.held],
        "refused": [f"{d.key}: {d.code}" for d in made.refused],
        "unchanged": list(made.unchanged),
        "adopted": list(made.adopted),
        "drifted": list(made.drifted),
        "guards": [_guard(guard) for guard in made.guards],
        "notes": [f"{d.key}: {d.code}" if d.key else d.code for d in made.diagnostics],
        "left": [f"{made.unmanaged} unmanaged, {sum(made.foreign.values())} foreign, {made.copies} copies"],
    }
    if not (made.unmanaged or made.foreign or made.copies):
        del said["left"]
    return {name: lines for name, lines in said.items() if lines}


def _say(change: Change) -> str:
    target = f" {change.target}" if isinstance(change, Activate) else ""
    fields = " ".join(".".join(map(str, f.path)) for f in change.fields) if action(change) in ("update",) else ""
    reasons = "+".join(change.reasons)
    return f"{action(change)} {key_of(change)}{target} ({change.state}, {reasons}){': ' + fields if fields else ''}"


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found
