"""What is added to a plan's comment where it is posted, and the comments of a pull request that no longer is about a
deployment."""

from __future__ import annotations

from reconciler.model.plan import Deployment, Plan
from reconciler.render import comment, fingerprint
from reconciler.render.escape import code
from reconciler.render.hidden import first_line
from reconciler.render.shorten import LIMIT


def footer(commit: str, run: str | None, page: str | None) -> str:
    """One line: the commit that the comment is about, and where the rest is. The addresses are checked already."""
    parts = [f"Commit {code(commit[:12])}"]
    parts += [f"[summary of the run]({run})"] if run else []
    parts += [f"[the whole plan as a page]({page})"] if page else []
    return " · ".join(parts)


def with_alert(body: str, said: str) -> str:
    """The body with a sentence of ours before all that is seen of it: after its hidden first line."""
    first, _, rest = body.partition("\n")
    return f"{first}\n\n> [!CAUTION]\n> {said}\n{rest}"


def with_footer(body: str, line: str) -> str:
    """The body with a line before its last one, if that is a fingerprint. Raises ValueError where that is too long."""
    text = body.rstrip()
    last = ""
    if fingerprint.read(text) is not None:
        text, _, last = text.rpartition("\n")
    made = "\n\n".join(part for part in (text.rstrip(), f"---\n{line}", last) if part) + "\n"
    if len(made) > LIMIT:
        raise ValueError(f"it has {len(made):,} characters, and GitHub takes {LIMIT:,}")
    return made


def no_changes(owner: str | None, deployment: str) -> str:
    """The comment where a pull request has nothing for a deployment, and once had."""
    marker = first_line("plan", owner, deployment)
    seen = fingerprint.of(Plan(deployment=Deployment(name=deployment, url=""), owner=owner or ""))
    said = f"## Deployment {code(deployment)}: no changes\n\nMerging this pull request changes nothing there."
    return f"{marker}\n\n{said}\n{seen}\n"


def no_plan(owner: str | None, deployment: str, why: str) -> str:
    """The comment where there is no plan."""
    return comment.failed(owner, deployment, f"{why}.", "Look at the log of the run.", ())
