"""Files and what is live, as a case says them -> what bringing it into git makes of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.app.bring import Brought, Goal, bring, edited, put, whole
from reconciler.app.source import Repository, open_repository
from reconciler.model.live import Version
from reconciler.model.marker import Marker
from reconciler.model.merge import merge
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted
from reconciler.repo.manifests import load


@dataclass(frozen=True)
class Folder:
    """A settings' folder without git."""

    root: Path
    names: tuple[str, ...] = field(default=("staging", "production"))

    @classmethod
    def of(cls, root: Path, files: Mapping[str, str], names: list[str], settings: str = "") -> Folder:
        made = cls(root, tuple(names))
        listed = "".join(f"  {name}: {{url: 'https://{name}.example.com'}}\n" for name in names)
        made.write({"reconciler.yaml": f"owner: acme\n{'deployments:' if names else ''}\n{listed}{settings}"})
        made.write(files)
        return made

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())

    def read(self) -> dict[str, str]:
        """Every file but the settings."""
        paths = sorted(path for path in self.root.rglob("*") if path.is_file())
        found = {str(path.relative_to(self.root)): path.read_bytes().decode() for path in paths}
        return {path: text for path, text in found.items() if path != "reconciler.yaml"}

    def repository(self) -> Repository:
        return open_repository(self.root)

    def wanted(self, here: str | None) -> dict[str, Wanted]:
        """What the files say for a deployment; they have to be right."""
        repository = self.repository()
        loaded = load(repository.tree, repository.settings, here)
        assert [d for d in loaded.diagnostics if d.severity == "error"] == []
        return {one.key: one for one in loaded.wanted}

    def goals(self, here: str | None, live: Mapping[str, Any], applied: Mapping[str, Any] | None = None) -> list[Goal]:
        """`live` and `applied` are patches of what git says, by key; `$` in place of `{}` stands for null."""
        wanted = self.wanted(here)
        return [_goal(wanted[key], patch, (applied or {}).get(key)) for key, patch in live.items()]

    def bring(self, here: str | None, live: Mapping[str, Any], *, shared: bool = False, **more: Any) -> Brought:
        """Bring it, and write it."""
        brought = bring(self.repository(), here, self.goals(here, live, **more), shared=shared)
        put(self.root, brought)
        return brought


def _goal(wanted: Wanted, patch: Any, applied: Any) -> Goal:
    row = version(wanted, patch, 4)
    return whole(wanted, row) if applied is None else edited(wanted, row, version(wanted, applied, 3))


def version(wanted: Wanted, patch: Any, number: int) -> Version:
    """What git says with a merge patch over it. A value `{$null: true}` is null; `{$whole: x}` replaces."""
    content = _meant(merge(wanted.spec.as_json(), patch))
    mark = Marker(owner="acme", key=wanted.key, id=wanted.assistant_id, keys=tuple(wanted.spec.metadata))
    return Version(number=number, spec=Spec(**{"description": "", **content}), marker=mark)


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        if "$whole" in value:
            return value["$whole"]
        return None if "$null" in value else {name: _meant(item) for name, item in value.items()}
    return value
