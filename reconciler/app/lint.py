"""What can be said of manifests beyond their form: secrets (errors), equal contents, prompts that nothing uses.

`lint` is about the contents of one deployment, `unused` about what none of them has a use for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from reconciler.core.equal import equal_contents
from reconciler.core.secrets import Finding, below, find, shown
from reconciler.model.diagnostic import Diagnostic, distinct
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests import FOLDER, Loaded, Place
from reconciler.repo.settings import SETTINGS, Settings
from reconciler.repo.tree import Tree
from reconciler.repo.words import listing
from reconciler.repo.yaml import inline

MOST_NAMED = 5
"""How many assistants with one content are named."""

MOST_ENTRIES = 20
"""How many entries of `secrets_allowed` one message proposes."""

PROMPTS = (".md", ".txt")
"""How the names of prompt files end."""


class Linted(Struct, frozen=True, kw_only=True):
    """`hidden` has, by key of an assistant, the paths whose value looks like a secret: no other message is to say
    anything of it."""

    diagnostics: tuple[Diagnostic, ...]
    hidden: Mapping[str, frozenset[FieldPath]] = field(default_factory=dict)

    def unread(self, more: Mapping[str, frozenset[FieldPath]]) -> dict[str, frozenset[FieldPath]]:
        """`hidden` together with what else is not to be looked at."""
        keys = self.hidden.keys() | more.keys()
        return {key: self.hidden.get(key, frozenset()) | more.get(key, frozenset()) for key in keys}

    def beside(self, others: Iterable[Diagnostic]) -> list[Diagnostic]:
        """These and others, sorted, each once; but nothing else about a place where a secret stands."""
        taken = {_place(d) for d in self.diagnostics if d.code == "secret"}
        return distinct([*self.diagnostics, *(d for d in others if _place(d) not in taken)])


def lint(settings: Settings, loaded: Loaded) -> Linted:
    """What is wrong with the contents that one deployment has: secrets, and contents that are there twice."""
    met: dict[tuple[Place, str, str], list[tuple[Wanted, Finding]]] = {}
    hidden: dict[str, set[FieldPath]] = {}
    allowed = {(entry.key, entry.path, entry.hash) for entry in settings.secrets_allowed}
    for one in (*loaded.wanted, *loaded.partial):
        for finding in _findings(loaded, one):
            if (one.key, finding.where, finding.hash) not in allowed:
                at = _at(loaded, one, finding)
                met.setdefault((at, finding.where, finding.what), []).append((one, finding))
                hidden.setdefault(one.key, set()).add(finding.path)
    found = [_secret(place, all_) for (place, _, _), all_ in met.items()]
    found += [_equal(group) for group in equal_contents(loaded.wanted)]
    return Linted(diagnostics=tuple(found), hidden={key: frozenset(paths) for key, paths in hidden.items()})


def unused(
    tree: Tree, settings: Settings, readings: Mapping[str | None, Loaded], named: Collection[str] = ()
) -> list[Diagnostic]:
    """Warnings about prompts, and entries of `secrets_allowed`, that no deployment has a use for. Nothing where one
    that is listed is not among the readings, or where a manifest could not be read: there it may stand. Nothing about
    the files in `named`, of which more is known."""
    listed = {deployment.name for deployment in settings.deployments}
    if not listed <= readings.keys() or any(loaded.failed for loaded in readings.values()):
        return []
    loaded = list(readings.values())
    return [*_unused_entries(settings, loaded), *_unused_prompts(tree, loaded, named)]


def refused(settings: Settings, key: str, path: FieldPath, value: Json) -> bool:
    """Whether a value at this path of an assistant's content holds a secret that the settings do not let pass."""
    found = list(below(path, value))
    allowed = {(entry.key, entry.path, entry.hash) for entry in settings.secrets_allowed} if found else ()
    return any((key, finding.where, finding.hash) not in allowed for finding in found)


def in_text(loaded: Loaded, wanted: Wanted, path: FieldPath, line: int, column: int) -> Place:
    """Where a place within a text is: in its `!file`, or where the value begins."""
    file = dict(wanted.sources).get(path)
    return Place(file, line, column) if file is not None else loaded.locate(wanted, path)


def context_field(path: FieldPath) -> str:
    """How a message calls a field of a spec, its name not repeated where it is a secret."""
    if path[0] == "context" and len(path) > 1:
        return f"context field `{shown(path[1:])}`"
    return f"field `{shown(path)}`"


def _findings(loaded: Loaded, one: Wanted) -> Iterator[Finding]:
    """All that looks like a secret, in the content and in the tries as they are written."""
    yield from find(one.spec)
    if "tries" in (fields := loaded.layered(one).value):
        yield from below(("tries",), fields["tries"])


def _at(loaded: Loaded, one: Wanted, finding: Finding) -> Place:
    if finding.name:
        return loaded.locate(one, finding.path, name=True)
    return in_text(loaded, one, finding.path, finding.line, finding.column)


def _secret(place: Place, met: Sequence[tuple[Wanted, Finding]]) -> Diagnostic:
    """One value, told once for all that take it from there, with an entry for each: they may be let pass together."""
    one, finding = met[0]
    if finding.name:
        said = f"the name of a field under `{finding.where}` holds what looks like {finding.what}"
    else:
        label = context_field(finding.path)
        said = f"{label} holds what looks like {finding.what}" if finding.what else f"{label} looks like a secret"
    kept = "git keeps it in clear, and each run sends it"
    if finding.path[0] != "tries":
        kept = "servers keep it in clear, in every version"
    entries = list(dict.fromkeys(_entry(other.key, its) for other, its in met))
    more = f"; {len(entries) - MOST_ENTRIES} more after these" if len(entries) > MOST_ENTRIES else ""
    hint = (
        "let the graph read it from its own environment; if it is no secret, "
        f"in {SETTINGS}: secrets_allowed: [{', '.join(entries[:MOST_ENTRIES])}]{more}"
    )
    return Diagnostic(
        severity="error",
        code="secret",
        message=f"{said}; {kept}",
        path=place.path,
        line=place.line,
        column=place.column,
        hint=hint,
        key=one.key,
    )


def _entry(key: str, finding: Finding) -> str:
    entry = {"key": key, "path": finding.where, "hash": finding.hash}
    return "{" + ", ".join(f"{name}: {inline(value)}" for name, value in entry.items()) + "}"


def _equal(group: Sequence[Wanted]) -> Diagnostic:
    first = group[0]
    names = [one.key for one in group]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    named = ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) if more else listing(names)
    return Diagnostic(
        severity="warning",
        code="equal-content",
        message=f"assistants {named}{more} of graph `{first.spec.graph_id}` have the same context and config",
        path=first.path,
        line=first.line,
        column=1,
        hint="give each its own content, or keep one of them",
        key=first.key,
    )


def _unused_entries(settings: Settings, readings: Sequence[Loaded]) -> Iterator[Diagnostic]:
    if not settings.secrets_allowed:
        return
    met = {
        (one.key, finding.where, finding.hash)
        for loaded in readings
        for one in loaded.wanted
        for finding in _findings(loaded, one)
    }
    for entry in settings.secrets_allowed:
        if (entry.key, entry.path, entry.hash) not in met:
            yield Diagnostic(
                severity="warning",
                code="secret-allowed-unused",
                message="this entry of `secrets_allowed` lets nothing pass: its value was changed, or is gone",
                path=SETTINGS,
                line=entry.line,
                column=entry.column,
                hint="remove it",
            )


def _unused_prompts(tree: Tree, readings: Sequence[Loaded], named: Collection[str]) -> Iterator[Diagnostic]:
    if not tree.folder_exists(FOLDER):
        return
    used = {file for loaded in readings for one in loaded.wanted for file in one.files}.union(named)
    texts = [path for path in tree.paths(FOLDER) if path.endswith(PROMPTS) and path not in used]
    texts = [path for path in texts if posixpath.basename(path).partition(".")[0].casefold() != "readme"]
    ignored = tree.ignored(texts) if texts else frozenset()
    unused = [path for path in texts if path not in ignored]
    for path in unused:
        yield Diagnostic(
            severity="warning",
            code="prompt-unused",
            message="no manifest uses this file",
            path=path,
            line=1,
            column=1,
            hint="remove it, or name it in a manifest: !file PATH",
        )


def _place(one: Diagnostic) -> tuple[str | None, int | None, int | None]:
    return one.path, one.line, one.column
