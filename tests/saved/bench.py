"""A saved plan in process: one server, git's word, the file's bytes in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.app.apply import apply
from reconciler.app.observe import Inputs
from reconciler.app.planfile import dumps, loads
from reconciler.app.saved import identity, plan_again, reported, require_here
from reconciler.app.saved import options as permitted
from reconciler.core.compose import Provenance
from reconciler.core.plan import Options
from reconciler.core.saved import save
from reconciler.model.json import canonical
from reconciler.model.report import Report
from reconciler.model.wanted import OnDrift
from tests.app.world import ALLOW, World
from tests.core.case import OWNER
from tests.fake import Traits

NOW = "2026-01-31T12:00:00Z"
GIVEN: dict[str, Any] = {"prune": True, "allow": ALLOW, "default_on_drift": OnDrift.OVERWRITE}


def manifest(prompt: str, **more: Any) -> dict[str, Any]:
    return {"name": "One", "context": {"model_name": prompt}, **more}


def world(traits: Traits | None = None) -> World:
    """Something to create, to update, to activate, to delete; one that stays."""
    made = World.of(traits or Traits())
    first = {key: manifest("a") for key in ("w/edited", "w/gone", "w/kept", "w/reverted")}
    made.commit(first)
    made.apply()
    made.commit(first | {"w/reverted": manifest("b")})
    made.apply()
    last = first | {"w/edited": manifest("c"), "w/new": manifest("d")}
    del last["w/gone"]
    made.commit(last)
    made.server.log.clear()
    return made


def saved(made: World, **options: Any) -> dict[str, Any]:
    """The file that `plan --out` writes, as values."""
    session = made.session()
    plan = made.plan(session, **options)
    content = dumps(save(plan, Options(**(GIVEN | options)), identity(session), NOW))
    value: dict[str, Any] = json.loads(content)
    return value


def apply_file(made: World, file: Any, **options: Any) -> Report | None:
    """What `apply FILE` does; None where a guard stops it. Raises ValueError or UsageError where it is refused."""
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    plan = loads(content)
    session = made.session()
    assert session.writer is not None
    require_here(plan, OWNER, session.target)
    chosen = permitted(plan, Options(**(GIVEN | options)), Path("plan.json"))
    now, found = plan_again(plan, Inputs(owner=OWNER, wanted=made.git, bases=made._bases), session, chosen)
    if now.blocked:
        return None
    provenance = Provenance(deployment="fake", commit=str(len(made.past)))
    return reported(apply(now, provenance, session.reader, session.writer, pin=False, settle=0.3), found)


def written(made: World) -> set[tuple[str, str, bytes]]:
    """All that was sent to be written, to the byte."""
    return {(r.method, r.path, canonical(r.body)) for r in made.server.log.writes}
