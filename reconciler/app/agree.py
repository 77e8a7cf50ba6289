"""How git is brought to agree with a rollback: which commits to revert, or the old version pulled into a manifest."""

from __future__ import annotations

import os
import shlex

from reconciler.core.rollback import Rollback
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Version
from reconciler.model.plan import Deployment
from reconciler.model.wanted import Removed, Wanted
from reconciler.repo.git import Git

MOST_REVERTS = 3
"""With more commits in between, going back is better done by pulling the old version."""


def agree(
    git: Git | None, deployment: Deployment, found: Rollback, said: Wanted | None, gone: Removed | None = None
) -> Diagnostic:
    """What comes next in git, as a note with the lines to paste. `gone` is a manifest that gives the assistant up."""
    change = found.change
    key = change.wanted.key
    where = {"path": said.path, "line": said.line} if said is not None else {}
    if found.agreed:
        message = "what becomes live is what git last said, so nothing has to be done in git"
        return Diagnostic(severity="note", code="rollback-agreed", message=f"assistant `{key}`: {message}", key=key)
    if gone is not None:
        message = f"its manifest says `removed: {'keep' if gone.keep else 'delete'}`, which the next apply does"
    elif said is None:
        message = "it has no manifest here: nothing in git says what is live, and `apply --prune` would delete it"
    elif found.current:
        message = "every plan and apply leaves it so, under every `on_drift`, until git says something else"
    else:
        message = (
            "this checkout does not say what is rolled back from but something else, so with `on_drift: overwrite` an "
            "apply of it ends the rollback; `hold` and `block` keep it"
        )
    pull = ["reconciler", "pull", *(["-d", deployment.name] if deployment.name else []), f"{key}@{found.target.number}"]
    reverts = _reverts(git, found, said) if said is not None else []
    lines = ["to bring git to agree, and have it reviewed:"]
    if reverts:
        lines += [f"  {line}" for line in reverts]
        lines.append("or, where those commits hold more than this:")
    lines.append(f"  {shlex.join(pull)}")
    return Diagnostic(
        severity="note",
        code="rollback-held",
        message=f"assistant `{key}`: {message}",
        hint="\n".join(lines),
        key=key,
        **where,  # type: ignore[arg-type]  # each value is of its own field
    )


def _reverts(git: Git | None, found: Rollback, said: Wanted) -> list[str]:
    """`git revert …` of the commits that changed the manifest, or a file that it reads, from what the target was
    written of to what is rolled back from; newest first. None where they are many, or this clone does not have them."""
    newer, older = _commit(found.left) or found.commit, _commit(found.target) if found.said else None
    if git is None or newer is None or older is None:
        return []
    first, last = git.resolve(older), git.resolve(newer)
    if first is None or last is None:
        return []
    paths = [f":(literal){path}" for path in (said.path, *said.files)]
    words = ("--first-parent", "--parents", f"--max-count={MOST_REVERTS + 1}", last, f"^{first}", "--", *paths)
    done = git.run("rev-list", *words)
    commits = [line.split() for line in os.fsdecode(done.stdout).splitlines()] if done.returncode == 0 else []
    if not 0 < len(commits) <= MOST_REVERTS:
        return []
    return [f"git revert {'-m 1 ' if len(parents) > 1 else ''}{commit[:12]}" for commit, *parents in commits]


def _commit(row: Version | None) -> str | None:
    """The commit that a version was written of."""
    return row.marker.commit if row is not None and row.marker is not None else None
