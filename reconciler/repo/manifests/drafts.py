"""The manifests of a tree as drafts: each file read once, whatever the deployment."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.manifests.draft import Draft
from reconciler.repo.manifests.fields import beside_removed
from reconciler.repo.manifests.files import Files
from reconciler.repo.manifests.folder import FOLDER, manifests
from reconciler.repo.manifests.keys import key_of, key_problem
from reconciler.repo.manifests.layers import Part
from reconciler.repo.manifests.overrides import check_overrides
from reconciler.repo.manifests.prompts import Prompts
from reconciler.repo.manifests.row import Row
from reconciler.repo.manifests.rows import read_rows, untaken
from reconciler.repo.manifests.tagging import OF_ROWS, Tagging
from reconciler.repo.manifests.tries_files import TriesFiles
from reconciler.repo.manifests.unfilled import unfilled
from reconciler.repo.settings.types import Settings
from reconciler.repo.tree import CannotRead, Tree
from reconciler.repo.words import kind
from reconciler.repo.yaml import Findings, load


class Drafts:
    """`chosen` are the drafts that are asked for; `all` reads the others too."""

    def __init__(self, tree: Tree, settings: Settings, only: Collection[str] | None) -> None:
        self._moved = {one.to: one.from_ for one in settings.moved}
        self.deployments = (*(deployment.name for deployment in settings.deployments), *settings.unlisted)
        self._tree = tree
        self._settings = settings
        self._prompts = Prompts(tree)
        self._files = Files(tree, self._prompts, self.deployments)
        self._tries = TriesFiles(tree, self._prompts)
        self._whole = only is None
        self._found: list[Diagnostic] = []
        self._broken: list[str] = []
        self._others: list[str] = []
        self.chosen: list[Draft] = []
        if not tree.folder_exists(FOLDER):
            message = f"there is no folder `{FOLDER}` beside reconciler.yaml"
            self._found.append(Diagnostic(severity="error", code="no-source", message=message, hint=f"mkdir {FOLDER}"))
            return
        everything = tree.paths(FOLDER)
        self._tries.paths = frozenset(everything)
        paths = manifests(everything, self._found)
        if not paths and not self._found:
            message = f"there is no manifest under `{FOLDER}/`"
            self._found.append(Diagnostic(severity="warning", code="empty-source", message=message, path=FOLDER))
        self.chosen = [d for path in paths if only is None or path in only if (d := self._draft(path)) is not None]
        self._others = [path for path in paths if only is not None and path not in only]

    def all(self) -> list[Draft]:
        """Every draft of the tree. What is wrong with those that were not asked for is not told."""
        found, broken = len(self._found), len(self._broken)
        others = [draft for path in self._others if (draft := self._draft(path)) is not None]
        del self._found[found:], self._broken[broken:]
        return self.chosen + others

    def found(self) -> list[Diagnostic]:
        """What is wrong with the files, whatever the deployment."""
        found = len(self._prompts.found), len(self._files.found)
        self._prompts.check_ignored()
        self._files.check_ignored()
        result = [*self._found, *self._prompts.found, *self._files.found, *self._tries.found]
        if self._whole:
            result += self._tries.unused(self._files.of_rows())
        del self._prompts.found[found[0] :], self._files.found[found[1] :]
        return result

    def keys(self) -> Iterator[tuple[str, str, int, str]]:
        """Key, path and line of each assistant, and its manifest; also of those that cannot be read."""
        for draft in self.chosen:
            if draft.rows is None:
                yield draft.key, draft.path, 1, draft.path
            else:
                yield from ((draft.key_of(row), row.place.path, row.place.line, draft.path) for row in draft.rows)
        yield from ((key_of(path, FOLDER, self._moved), path, 1, path) for path in self._broken)

    def broken(self) -> list[str]:
        """The keys of manifests that cannot be read."""
        return [key_of(path, FOLDER, self._moved) for path in self._broken]

    def _draft(self, path: str) -> Draft | None:
        draft = self._try(path)
        if draft is None:
            self._broken.append(path)
        return draft

    def _try(self, path: str) -> Draft | None:
        key = key_of(path, FOLDER, self._moved)
        try:
            data = self._tree.read(path)
        except CannotRead as refused:
            message = f"the manifest {refused.message}"
            self._found.append(
                Diagnostic(severity="error", code="bad-file", message=message, path=path, hint=refused.hint, key=key)
            )
            return None
        tagging = Tagging(path, self._prompts)
        part = Part(load(data, path, tagging.tags()), tagging.origins, frozenset(tagging.asked))
        found = Findings(part.document, key)
        draft = self._compose(found, part, key)
        self._found += found.all
        return draft

    def _compose(self, found: Findings, part: Part, key: str) -> Draft | None:
        fields = part.document.value
        if not part.document.readable:
            return None
        if not isinstance(fields, dict):
            message = f"a manifest is a mapping of fields, and this is {kind(fields)}"
            hint = "it begins with the line graph_id: …, and then name: …"
            if isinstance(fields, list) and all(isinstance(one, dict) and "input" in one for one in fields):
                hint = "a file of tries is named after its manifest: those of tweet.yaml stand in tweet.tries.yaml"
            found.add((), "manifest-shape", message, hint=hint)
            return None
        named = True
        if "key" in fields:
            text = found.text(("key",), fields["key"])
            key, named = text or key, text is not None
        wrong = key_problem(key) if named else None
        if wrong is not None:
            at = ("key",) if "key" in fields else ()
            place = part.document.where(at)
            line, column = (place.line, place.column) if at else (1, 1)
            self._found.append(
                Diagnostic(
                    severity="error", code="key-grammar", message=wrong, path=place.path, line=line, column=column
                )
            )
            if not key.isprintable():
                return None  # no id follows from the name of a file that is not UTF-8
        if "overrides" in fields:
            check_overrides(found, fields["overrides"], ("overrides",), self.deployments, row=False)
        bases: list[Part] = []
        if "extends" in fields and "removed" in fields:
            beside_removed(found, "extends")  # and the fields of the base are not told too
        elif "extends" in fields:
            name = found.text(("extends",), fields["extends"])
            got = self._files.bases(name, part.document.where(("extends",))) if name is not None else None
            if isinstance(got, Diagnostic):
                found.all.append(got)
            if not isinstance(got, list):
                return None
            bases = got
        rows: tuple[Row, ...] | None = None
        if "for_each" in fields:
            rows = read_rows(found, part, fields["for_each"], self._files, key)
            if rows is None:
                return None
        parts, tries = [*bases, part], self._tries.of((*bases, part))
        own = [tries] if tries is not None else []
        if rows is not None:
            found.all += unfilled((*parts, *own), rows[0].common, key)
            found.all += untaken(rows, frozenset[str]().union(*(one.asked for one in (*parts, *own))), key)
        else:
            parts, own = [self._without_rows(one) for one in parts], [self._without_rows(one) for one in own]
        files = {one.document.path for one in (*bases, *own, *(row.part for row in rows or ()))}
        return Draft(
            key=key,
            parts=tuple(parts),
            prompts=self._prompts,
            rows=rows,
            files=tuple(sorted(files - {part.document.path})),
            named=named and wrong is None,
            tries=own[0] if own else None,
        )

    def _without_rows(self, part: Part) -> Part:
        """A tag that takes from a row is an error where there is none."""
        if not OF_ROWS & part.document.later:
            return part
        tagging = Tagging(part.document.path, self._prompts, rows=False)
        return Part(part.document.again(tagging.tags()), tagging.origins)
