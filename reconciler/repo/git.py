"""What git says of the settings' folder: commits, first-parent history, whether the tree is dirty, what it ignores.

Only plumbing, as subprocesses: no hook, filter, pager, prompt or lazy download ever runs, and no `GIT_…` variable of
the caller (a hook's, say) changes which repository is meant.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

MOST_COMMITS = 50
"""How far back history is read, where nobody asks for less."""

_OPTIONS = (
    *("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "safe.bareRepository=explicit"),  # since git 2.38; `_is_planted` says why
)
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class Git:
    """A git repository, seen from one folder of it. `prefix` is that folder, `gitops/`, or "" at the top.

    HEAD and the configuration are asked for once, so that a run that takes long speaks of one commit throughout.
    """

    def __init__(self, folder: Path, prefix: str, *, shallow: bool = False) -> None:
        self.folder = folder
        self.prefix = prefix
        self.is_shallow = shallow

    def head(self) -> str | None:
        """The commit that is checked out; None before the first."""
        return self._newest[0] if self._newest else None

    def parent(self, commit: str = "HEAD") -> str | None:
        """The first parent of a commit; None where it has none here (also in a shallow clone)."""
        if commit == "HEAD":
            return self._newest[1] if len(self._newest) > 1 else None
        return self.resolve(f"{commit}^1")

    def resolve(self, name: str) -> str | None:
        """The full id of a commit by any of its names, `main` or an id (a marker's `-dirty` is cut off), or None."""
        name = name.removesuffix("-dirty")
        if not name or name.startswith("-"):
            return None
        out = self._text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return out.strip() if out else None

    def knows(self, commit: str) -> bool:
        """Whether this clone has that commit; a shallow one may not."""
        return self.resolve(commit) is not None

    def tree(self, commit: str) -> str | None:
        """The id of the settings' folder as a commit has it; the same where nothing in it differs."""
        found = self.resolve(commit)
        out = self._text("rev-parse", "--verify", "--quiet", f"{found}:{self.prefix.rstrip('/')}") if found else None
        return out.strip() if out else None

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` has `older` in its history (a commit is its own ancestor); None where one is not known."""
        first, second = self.resolve(older), self.resolve(newer)
        if first is None or second is None:
            return None
        return self.run("merge-base", "--is-ancestor", first, second).returncode == 0

    def commits_since(self, oldest: str, limit: int = MOST_COMMITS) -> list[str] | None:
        """The commits from `oldest` up to HEAD's first parent that changed the settings' folder, newest first, first
        parents only, `limit` at most. `oldest` itself is always the last. None where this clone does not have it.
        """
        first = self.resolve(oldest)
        if first is None:
            return None
        newest = self.parent()
        most = f"--max-count={limit - 1}"
        found = self._list("--first-parent", most, newest, f"^{first}", "--", ".") if newest else []
        return [*found, first]

    def commits_of(self, paths: Iterable[str], limit: int = MOST_COMMITS) -> list[str]:
        """The commits of HEAD's first-parent history that changed one of these files of the settings' folder, newest
        first."""
        named = (f":(literal){path}" for path in paths)
        return self._list("--first-parent", f"--max-count={limit}", "HEAD", "--", *named)

    def is_dirty(self) -> bool:
        """Whether what lies under the settings' folder differs from HEAD.

        Of files that git does not track only those count that this tool reads by itself: `reconciler.yaml` and what is
        under `assistants/` and `schemas/`. A saved plan beside them does not.
        """
        out = self.run(*self._unfiltered(), "status", "--porcelain", "-z", "--no-renames", "-uall", "--", ".").stdout
        for entry in os.fsdecode(out).split("\0"):
            name = entry[3:].removeprefix(self.prefix)
            if entry and (entry[:2] != "??" or name.startswith(("assistants/", "schemas/", "reconciler.yaml"))):
                return True
        return False

    def dirty(self, paths: Iterable[str]) -> list[str]:
        """Those of the files that are not as HEAD has them; one that git does not track is none of HEAD's."""
        named = [f":(literal){path}" for path in paths]
        if not named:
            return []
        words = ("status", "--porcelain", "-z", "--no-renames", "-uall", "--", *named)
        out = os.fsdecode(self.run(*self._unfiltered(), *words).stdout)
        return sorted(entry[3:].removeprefix(self.prefix) for entry in out.split("\0") if entry)

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that git ignores, in one call. A tracked file is not ignored."""
        wanted = sorted(set(paths))
        if not wanted:
            return frozenset()
        done = self.run("check-ignore", "--stdin", "-z", given="\0".join(wanted).encode("utf-8", "surrogateescape"))
        if done.returncode > 1 and len(wanted) > 1:
            # One path behind a link makes git refuse the whole list.
            return frozenset(path for path in wanted if self.ignored([path]))
        return frozenset(os.fsdecode(done.stdout).split("\0")) & frozenset(wanted)

    def origin(self) -> str | None:
        """The address of the remote `origin` as it is configured; it may hold credentials."""
        return self._configured.get("remote.origin.url") or None

    def run(self, *arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run git in the settings' folder. Raises OSError where there is no git."""
        return subprocess.run(command(*arguments), cwd=self.folder, env=environment(), input=given, capture_output=True)

    def _text(self, *arguments: str) -> str | None:
        done = self.run(*arguments)
        return os.fsdecode(done.stdout) if done.returncode == 0 else None

    def _list(self, *arguments: str) -> list[str]:
        return (self._text("rev-list", *arguments) or "").split()

    @cached_property
    def _newest(self) -> list[str]:
        """HEAD, and its first parent where that is here."""
        return self._list("--first-parent", "--max-count=2", "--end-of-options", "HEAD")

    @cached_property
    def _configured(self) -> Mapping[str, str]:
        """The variables of git's configuration that are of any interest here, each as it was said last."""
        names = r"^(remote\.origin\.url|filter\..*\.(clean|process|required))$"
        lines = (self._text("config", "--null", "--get-regexp", names) or "").split("\0")
        pairs = (line.partition("\n") for line in lines if line)
        return {name: value.strip() for name, _, value in pairs}

    def _unfiltered(self) -> list[str]:
        """Options that switch off every configured clean filter: they are programs, and `status` would run them."""
        names = (name for name in self._configured if name.startswith("filter."))
        return [option for name in names for option in ("-c", f"{name}={'' if 'required' not in name else 0}")]


def open_git(folder: Path) -> Git | None:
    """The repository that a folder is in, or None: no repository, no git, or a repository git refuses to trust."""
    if _is_planted(folder):
        return None
    try:
        done = subprocess.run(
            command("rev-parse", "--is-shallow-repository", "--show-prefix"),
            cwd=folder,
            env=environment(),
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    shallow, _, prefix = os.fsdecode(done.stdout).partition("\n")
    return Git(folder, prefix.removesuffix("\n"), shallow=shallow == "true") if done.returncode == 0 else None


def _is_planted(folder: Path) -> bool:
    """Whether git would take a folder of files for the repository: one with `HEAD` and either `objects/` and `refs/`
    or `commondir`. All of it can be committed (`.git` cannot), so a pull request would bring a configuration of its
    own, with programs to run, and objects of its own, with other settings under the commit's id."""
    real = folder.resolve()
    for at in (real, *real.parents):
        if os.path.lexists(at / ".git"):
            return False
        bare = (at / "objects").is_dir() and (at / "refs").is_dir()
        if os.path.lexists(at / "HEAD") and (bare or (at / "commondir").is_file()):
            return True
    return False


def command(*arguments: str) -> Sequence[str]:
    """git's command line, hardened."""
    return ("git", *_OPTIONS, *arguments)


def environment() -> dict[str, str]:
    """The process's environment without git's own variables, and quiet."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _QUIET
