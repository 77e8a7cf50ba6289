"""`apply FILE`: whether a saved plan is for this run at all, how to plan again, and the report of what moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from reconciler.app.observe import Inputs, make_plan
from reconciler.app.session import Session
from reconciler.core.plan import Options
from reconciler.core.saved import Standing, keeps, standing
from reconciler.errors import UsageError
from reconciler.model.change import order
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Report, Result
from reconciler.model.saved import Identity, SavedPlan
from reconciler.repo.settings import ResolvedDeployment

NOT_SAID = "a server that does not say its ids (/info)"


def identity(session: Session) -> Identity:
    """What the server says of itself in /info."""
    host = session.reader.info.get("host")
    host = host if isinstance(host, dict) else {}

    def text(name: str) -> str | None:
        found = host.get(name)
        return found if isinstance(found, str) else None

    return Identity(project_id=text("project_id"), tenant_id=text("tenant_id"))


def require_here(saved: SavedPlan, owner: str, target: ResolvedDeployment) -> None:
    """The file never chooses where: it has to be of this owner and deployment. Raises UsageError."""
    if saved.owner != owner:
        raise UsageError(
            f"the saved plan is of owner {_shown(saved.owner)}, and these settings are of {_shown(owner)}",
            hint="apply it where it was planned, or plan again",
        )
    _same("deployment", saved.deployment.name, target.name, nothing="no named deployment")
    _same("the address", saved.deployment.url, target.url, nothing="none")


def require_server(saved: SavedPlan, session: Session) -> None:
    """Whether the server is the very one that was planned for. Raises UsageError."""
    now = identity(session)
    _same("project_id", saved.identity.project_id, now.project_id, nothing=NOT_SAID)
    _same("tenant_id", saved.identity.tenant_id, now.tenant_id, nothing=NOT_SAID)


def _same(what: str, then: str | None, now: str | None, *, nothing: str) -> None:
    if then == now:
        return
    before, here = (f"{what} {_shown(one)}" if one is not None else nothing for one in (then, now))
    raise UsageError(
        f"the saved plan is for another server: it was made for {before}, and this is {here}",
        hint="choose the server as it was chosen for the plan (-d, --url), or plan again",
    )


def _shown(value: str) -> str:
    """On one line: what stands in a file must not begin lines of its own in a log."""
    return f"`{' '.join(value.split())[:200]}`"


def options(saved: SavedPlan, given: Options, path: Path) -> Options:
    """How to plan again: as it was planned, and no further than this command line and the settings permit.

    A file is no permission, since anybody may have written it: what lets more be written or deleted has to be said
    again. Guards are only overridden by `given`; and what a rollback holds is only lifted where the command line names
    the assistant, which it cannot beside a file. Raises UsageError with the line to paste.
    """
    then = saved.options
    missing = [
        *(["--prune"] if then.prune and not given.prune else []),
        *(["--adopt"] if then.adopt and not given.adopt else []),
        *([f"--on-drift {then.on_drift}"] if then.on_drift is not None and given.on_drift is not then.on_drift else []),
    ]
    if missing:
        words = " ".join(missing)
        raise UsageError(
            f"the plan was saved with {words}, which a file cannot permit: say it again",
            hint=f"reconciler apply {path} {words}",
        )
    return replace(
        given,
        prune=then.prune,
        adopt=then.adopt,
        selected=frozenset(then.selected) if then.selected is not None else None,
        named=frozenset(),
    )


def plan_again(
    saved: SavedPlan,
    given: Inputs,
    session: Session,
    options: Options,
    progress: Callable[[str], None] = lambda line: None,
) -> tuple[Plan, Standing]:
    """The plan of now, narrowed to what the file holds as well, and what there is to say of the rest.

    The guards judge what is left. Raises UsageError where the server is another one, before anything else is read.
    """
    require_server(saved, session)
    plan = make_plan(given, session, options, progress, keep=keeps(saved))
    found = standing(saved, plan, given.wanted, given.removed)
    notes = tuple(sorted((*plan.diagnostics, *found.notes), key=Diagnostic.order))
    return replace(plan, diagnostics=notes), found


def reported(report: Report, found: Standing) -> Report:
    """The report with what is stale: the change that would be needed now, and what moved."""
    if not found.stale and not found.outdated:
        return report
    outcomes = [Outcome(change=change, result=Result.STALE, error=moved) for change, moved in found.stale]
    changes = tuple(sorted((*report.plan.changes, *(change for change, _ in found.stale)), key=order))
    return replace(
        report,
        plan=replace(report.plan, changes=changes),
        outcomes=(*report.outcomes, *outcomes),
        outdated=found.outdated,
        converged=report.converged and not found.stale,
    )
