"""The workflows of this very repository, and the GitLab jobs to copy: the templates, with what is otherwise here.

`python -m tests.workflows` writes them.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.app.init.ci import Targets, github, gitlab, reached
from reconciler.app.init.place import Place
from reconciler.app.init.tool import UNKNOWN, Tool
from reconciler.repo.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]

ACTION = "./trusted/.github/actions/reconcile # zizmor: ignore[self-repository] $/ would be the pull request's own"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
OURS = """\
#
# In this repository the action is part of it: each job takes it from the commit before a pull request, into trusted/,
# and the pull request's files into source/. The deployments of reconciler.yaml are examples that nobody can reach, so
# nothing is planned or applied, unless the variable RECONCILER of a fork's settings says `on`."""


def _trusted(ref: str | None) -> str:
    lines = [f"- uses: {CHECKOUT}", "  with:"]
    lines += [f"    ref: {ref}"] if ref else []
    return "\n".join([*lines, "    path: trusted", "    persist-credentials: false"])


def rendered() -> dict[Path, bytes]:
    """Each workflow by its path in the repository."""
    settings = load_settings(ROOT / "reconciler.yaml")
    place = Place(folder=ROOT, top=ROOT)
    to = Targets(reached=tuple(reached(one) for one in settings.deployments))
    more = {
        "ours": OURS,
        "path": "path: source",
        "directory": '"source"',
        "gate": "if: vars.RECONCILER == 'on'",
        "reads": "contents: read # checkout of the action",
    }
    before = _trusted("${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}")
    planned = github(place, to, ACTION, more | {"trusted": before})
    others = github(place, to, ACTION, more | {"trusted": _trusted(None)})
    files = {name: planned[name] if name == "plan" else content for name, content in others.items()}
    made = {Path(".github", "workflows", f"{name}.yml"): content for name, content in files.items()}
    return made | {Path("docs", "gitlab-ci.yml"): gitlab(place, Tool(spec=UNKNOWN), to)}


if __name__ == "__main__":
    for path, content in rendered().items():
        (ROOT / path).write_bytes(content)
