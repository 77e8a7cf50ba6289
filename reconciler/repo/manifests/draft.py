"""One manifest with the files that it is made of, before any deployment is chosen: bases, itself, its rows."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject
from reconciler.repo.manifests.fields import COMPOSING, IDENTITY
from reconciler.repo.manifests.keys import key_problem
from reconciler.repo.manifests.layers import Layer, Part
from reconciler.repo.manifests.overrides import content, row_overrides
from reconciler.repo.manifests.prompts import Prompts
from reconciler.repo.manifests.row import Row
from reconciler.repo.manifests.tagging import NOWHERE, OF_ROWS, Refs, Tagging


class Draft(Struct, frozen=True, dict=True):
    """`parts` are laid over each other, the lowest base first, the manifest last. `rows` is None without `for_each`.

    `files` are the other files that it always takes from: bases, the file of the rows, that of its tries, which is
    `tries`. `named` says that `key` can be a key.
    """

    key: str
    parts: tuple[Part, ...]
    prompts: Prompts
    rows: tuple[Row, ...] | None = None
    files: tuple[str, ...] = ()
    named: bool = True
    tries: Part | None = None

    @property
    def path(self) -> str:
        return self.parts[-1].document.path

    @cached_property
    def refers(self) -> bool:
        """Whether a `!ref` stands in it: then the keys of all others have to be known."""
        rows = [row.part for row in (self.rows or ())[:1]]
        tries = [self.tries] if self.tries is not None else []
        return any("!ref" in part.document.later for part in (*self.parts, *rows, *tries))

    @cached_property
    def everywhere(self) -> bool:
        """Whether it says the same in every deployment, `deployments` apart."""
        own = any(isinstance(part.document.value, dict) and "overrides" in part.document.value for part in self.parts)
        return not (own or self.refers or any("overrides" in row.fields for row in self.rows or ()))

    def key_of(self, row: Row | None) -> str:
        """The key of the assistant that a row makes, or of the only one."""
        if row is None:
            return self.key
        own = row.fields.get("key")
        return own if isinstance(own, str) and own else f"{self.key}/{row.id}"

    def misnamed(self, row: Row | None) -> bool:
        """Whether the key cannot be one, which is told already."""
        return not self.named or (row is not None and key_problem(self.key_of(row)) is not None)

    def layers(self, row: Row | None, deployment: str | None, refs: Refs | None) -> list[Layer]:
        """Base, file, row, overrides of the deployment: each to be merged over those before it."""
        parts = [self._for(part, row, refs) for part in self.parts]
        layers = [Layer(part, self._own(part, part is parts[-1])) for part in parts]
        if row is not None:
            if "assistant_id" in row.fields:
                layers.append(Layer(row.part, {"assistant_id": row.fields["assistant_id"]}, row.prefix))
            common, _ = row_overrides(row, None)
            if common:
                layers.append(Layer(row.part, common, (*row.prefix, "overrides")))
        if self.tries is not None:
            own = self._for(self.tries, row, refs)
            layers.append(Layer(own, {"tries": own.document.value}, bare=True))
        if deployment is None:
            return layers
        for part in parts:
            table = _object(part.document.value, "overrides")
            patch = content(table.get(deployment)) if table else None
            if patch:
                layers.append(Layer(part, patch, ("overrides", deployment)))
        if row is not None:
            _, here = row_overrides(row, deployment)
            if here:
                layers.append(Layer(row.part, here, (*row.prefix, "overrides", deployment)))
        return layers

    def _for(self, part: Part, row: Row | None, refs: Refs | None) -> Part:
        """The part with the values of a row and the ids of other assistants in it."""
        later = part.document.later
        if not ((row is not None and OF_ROWS & later) or (refs is not None and "!ref" in later)):
            return part
        tagging = Tagging(part.document.path, self.prompts, row=row, rows=row is not None, refs=refs)
        skip = ("for_each",) if row is not None else ()
        document = part.document.again(tagging.tags(), skip)
        return Part(document, tagging.origins)

    @staticmethod
    def _own(part: Part, last: bool) -> JsonObject:
        fields = part.document.value
        assert isinstance(fields, dict)
        out = COMPOSING if last else COMPOSING | IDENTITY
        return fields if out.isdisjoint(fields) else {name: fields[name] for name in fields if name not in out}


def _object(value: object, name: str) -> JsonObject:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def with_refs(draft: Draft, refs: Refs) -> tuple[Draft, list[Diagnostic]]:
    """The draft, with ids of other assistants in the values of its rows; and which of them are nobody's."""
    if not draft.rows:
        return draft, []
    part = draft.rows[0].part
    if "!ref" not in part.document.later:
        return draft, []
    tagging = Tagging(part.document.path, draft.prompts, refs=refs)
    again = Part(part.document.again(tagging.tags()), tagging.origins)
    nowhere = [error for error in again.document.errors if error.code in NOWHERE]
    return replace(draft, rows=tuple(_renewed(row, again) for row in draft.rows)), nowhere


def _renewed(row: Row, part: Part) -> Row:
    value = part.document.value
    for step in row.prefix:
        value = value[step]  # type: ignore[index]  # the same steps were there before
    assert isinstance(value, dict)
    return replace(row, part=part, fields=value)
