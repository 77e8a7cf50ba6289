"""No name in a manifest reaches a file that is not the repository's to read: outside, git's own, ignored, by a link."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.repo.git import open_git
from reconciler.repo.manifests import load
from reconciler.repo.settings import Settings
from reconciler.repo.worktree import WorkTree

from .conftest import git, write

SECRET, IGNORED = "KEEP-OUT", "NOT-IN-GIT"
STEPS = [
    "..",
    ".",
    "",
    ".git",
    ".GIT",
    "config",
    "in",
    "out",
    "link-out",
    "link-git",
    "link-in",
    "ignored",
    "top",
    "assistants",
    "a",
    "x.md",
    "x.yaml",
    "_x.yaml",
    "folder",
    "\\",
    "~",
    "$HOME",
    "\x7f",
    "ü",
    "%2e%2e",
]
NAMES = st.lists(st.sampled_from(STEPS), min_size=1, max_size=7).map("/".join) | st.text(max_size=12)
FORMS = {
    "file": "context: {{p: !file {name}}}",
    "template": "context: {{p: !template {{file: {name}}}}}\nfor_each: [{{id: one}}]",
    "extends": "extends: {name}",
    "rows": "context: {{p: !each p}}\nfor_each: {name}",
}


@pytest.fixture(scope="module", params=["repository/gitops", "repository"])
def tree(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A repository in a folder with neighbours, and the settings in a folder of it or at its top; every file that must
    not be read holds the same words."""
    top = tmp_path_factory.mktemp("top")
    root: Path = top / request.param
    root.mkdir(parents=True)
    forbidden, mine = f"{SECRET}\n", f"{IGNORED}\n"
    rows, base = f"- {{id: one, p: {SECRET}}}\n", f"context: {{p: {SECRET}}}\n"
    for folder in (top, root.parent):
        write(folder, {"x.md": forbidden, "x.yaml": rows, "_x.yaml": base, "out/x.md": forbidden, "out/_x.yaml": base})
    git(top / "repository", "init", "-q")
    write(
        root,
        {"in/x.md": "fine", "in/_x.yaml": "{}", "ignored/x.md": mine, "ignored/_x.yaml": base.replace(SECRET, IGNORED)},
    )
    write(root, {"ignored/x.yaml": rows.replace(SECRET, IGNORED), ".gitignore": "ignored\n", "assistants/a.yaml": ""})
    write(root, {".git-is-elsewhere": ""})
    for own in (top / "repository" / ".git", root / ".GIT", root / "in" / ".git"):
        write(own, {"x.md": forbidden, "_x.yaml": base, "x.yaml": rows})
    (root / "link-out").symlink_to(top / "out")
    (root / "link-git").symlink_to(top / "repository" / ".git")
    (root / "link-in").symlink_to(root / "in")
    (root / "in" / "link.md").symlink_to(top / "x.md")
    os.mkfifo(root / "in" / "folder")
    return root


@given(NAMES, st.sampled_from(sorted(FORMS)))
@example("../link-out/x.md", "file")
@example("../link-git/_x.yaml", "extends")
@example("../../x.yaml", "rows")
@example("../../.git/x.md", "template")
@example("../.git/x.md", "file")
@example("../.git/_x.yaml", "extends")
@example("../.git/x.yaml", "rows")
@example("../.GIT/x.md", "template")
@example("../in/.git/x.md", "file")
@example("../link-git/x.md", "file")
@example("../in/link.md", "file")
@example("../in/folder", "file")
@example("../ignored/x.md", "file")
@example("../ignored/_x.yaml", "extends")
@example("../ignored/x.yaml", "rows")
def test_no_name_leads_out(tree: Path, name: str, form: str) -> None:
    """Whatever is named, and whichever way: it is read, or it is an error; nothing forbidden comes into a context."""
    try:
        text = FORMS[form].format(name=json.dumps(name, ensure_ascii=False))
        (tree / "assistants" / "a.yaml").write_text(f"graph_id: w\nname: A\n{text}\n", "utf-8")
    except UnicodeEncodeError:
        return
    loaded = load(WorkTree(tree, open_git(tree)), Settings(owner="acme"))
    said = json.dumps([want.spec.as_json() for want in loaded.wanted])
    assert SECRET not in said
    assert loaded.failed or IGNORED not in said
    if form in ("file", "template") and not loaded.failed:
        assert "fine" in said


@pytest.mark.parametrize(
    ("form", "name"), [("file", "../link-in/x.md"), ("file", "../in/x.md"), ("extends", "../in/_x.yaml")]
)
def test_what_is_inside_is_read(tree: Path, form: str, name: str) -> None:
    """A link that stays inside, and a file of another folder of the repository."""
    (tree / "assistants" / "a.yaml").write_text(f"graph_id: w\nname: A\n{FORMS[form].format(name=name)}\n", "utf-8")
    assert load(WorkTree(tree, open_git(tree)), Settings(owner="acme")).diagnostics == ()
