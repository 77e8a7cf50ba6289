"""Where a value is to be written: where it came from, if nothing else comes from there; else where it is this
assistant's own.

| it stands in                                   | and                             | it is written                  |
|------------------------------------------------|---------------------------------|--------------------------------|
| a prompt file                                  | nobody else uses the file       | there                          |
| the manifest, or its overrides for this server | no other deployment reads it    | there                          |
| the row's own overrides                        | the same                        | there                          |
| anywhere else: a base, a template, a row's     |                                 | the manifest or row itself, or |
| field, a shared file, a value of several       |                                 | `overrides.DEPLOYMENT` of it   |
| deployments                                    |                                 |                                |

With `shared` it is written where it came from in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.app.bring.goal import Step
from reconciler.model.change import ABSENT
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests import Loaded
from reconciler.repo.manifests.layers import At, Layered, Source

Everywhere = Mapping[str | None, Loaded]
"""What the files come to, by deployment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`steps` of the YAML file `path`; or with `text`, the whole of that file. `removes`: there, null is needed to take
    away what a layer below says."""

    path: str
    steps: FieldPath = ()
    text: bool = False
    removes: bool = False


class Places:
    """Answers for one deployment, `here`; None is a server without a name."""

    def __init__(self, here: str | None, everywhere: Everywhere, *, shared: bool) -> None:
        self._here, self._shared = here, shared
        self._loaded = everywhere[here]
        self._users: dict[str, set[tuple[str, str | None]]] = {}
        self._in: dict[str, set[str | None]] = {}
        for name, loaded in everywhere.items():
            for one in loaded.wanted:
                self._in.setdefault(one.key, set()).add(name)
                for file in one.files:
                    self._users.setdefault(file, set()).add((one.key, name))

    def of(self, step: Step) -> Place:
        """Where to write the value of a step."""
        want = step.goal.wanted
        layered = self._loaded.layered(want)
        source = layered.source(step.path)
        text = source.text
        plain_text = text is not None and not text.filled and isinstance(step.value, str)
        if plain_text and text is not None and (self._shared or self._users[text.path] == {(want.key, self._here)}):
            return Place(path=text.path, text=True)
        if self._shared and source.there:
            return self._back(source, step)
        if source.there and text is None and self._is_own(want, layered, source):
            return Place(path=source.path, steps=source.steps, removes=source.under)
        return self._own(want, layered, source, step.path)

    def _several(self, want: Wanted) -> bool:
        return len(self._in[want.key]) > 1

    def _is_own(self, want: Wanted, layered: Layered, source: Source) -> bool:
        """Whether this value, as it stands there, is of this assistant on this deployment and nobody else's."""
        prefix, row = source.layer.prefix, layered.row
        if row is not None:
            own = (*row.path, "overrides")
            if source.path != row.part.document.path or prefix[: len(own)] != own:
                return False
            return prefix == (*own, self._here) or not self._several(want)
        if source.path != want.path:
            return False
        return prefix == ("overrides", self._here) or (prefix == () and not self._several(want))

    def _own(self, want: Wanted, layered: Layered, source: Source, path: FieldPath) -> Place:
        """A place that is above every other one that says something there."""
        named = self._several(want) or self._here in source.layer.prefix
        above: FieldPath = ("overrides", self._here) if named and self._here is not None else ()
        row = layered.row
        if row is not None:
            steps = (*row.path, *(above or ("overrides",)), *path)
            return Place(path=row.part.document.path, steps=steps, removes=True)
        return Place(path=want.path, steps=(*above, *path), removes=True)

    def _back(self, source: Source, step: Step) -> Place:
        """Where a value came from, whoever else takes it from there: of one from a row, the field of the row."""
        origin = source.layer.part.origins.get(source.steps)
        if isinstance(origin, At) and step.value is not ABSENT:
            return Place(path=origin.part.document.path, steps=origin.path)
        return Place(path=source.path, steps=source.steps, removes=source.under)
