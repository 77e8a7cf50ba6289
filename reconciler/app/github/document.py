"""The JSON of a plan or a report, read back by a job that did not make it.

It comes out of another job's artifact, so anybody may have written it. All of it is checked against plan.schema.json,
the one its writer keeps, and the names that go into markers, outputs and commands against their grammar. What is text
beyond that (a key, a path, a message, a value in `fields`) is untrusted still: escape it for where it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from reconciler.app import strict
from reconciler.app.github import trials
from reconciler.app.github.trials import Checked, Tries
from reconciler.errors import UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.plan import Guard
from reconciler.render.schema import schema
from reconciler.repo.names import LONGEST_NAME, NAME

LARGEST = 128 * 2**20
"""Bytes. 120 assistants whose prompt of 200 kB is another have 50 MB of it."""

ACTIONS = ("create", "update", "activate", "delete")


class Changed(Struct, frozen=True, kw_only=True):
    """One change, or one that is held: the fields of `$defs/change` in plan.schema.json under the same names.

    `fields` are its FieldChanges as they stand in the document. `proposed` says whether the pull request is about it;
    None where nobody asked. `why` is None for what is not held. Of a plan, and of a change that the run never came to,
    `outcome` is None.
    """

    key: str
    assistant_id: str
    action: str
    reasons: tuple[str, ...] = ()
    state: str = ""
    path: str | None = None
    line: int | None = None
    live_version: int | None = None
    target_version: int | None = None
    note: str | None = None
    fields: tuple[JsonObject, ...] = ()
    proposed: bool | None = None
    why: str | None = None
    blocks: bool = False
    ahead: bool = False
    outcome: str | None = None
    by: str | None = None
    version: int | None = None
    error: str | None = None
    outcome_note: str | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A plan, or with `report` what an apply did.

    `deployment` is the name in the settings, None for a bare --url. `summary` has the counts (`create`, `update`,
    `activate`, `delete`, `unchanged`, `drifted`, `held`, `adopted`, `unmanaged`, `copies`). `changes` is what apply
    does, `held` what it leaves as it is, both in the order of the document; `refused` are errors about single
    assistants, which are not written. `tries` is what was tried of a plan, None where nothing was. `converged` and
    `interrupted` are a report's, else None, and so are `checks`.
    """

    deployment: str | None
    url: str
    owner: str
    commit: str | None = None
    base: str | None = None
    summary: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Changed, ...] = ()
    held: tuple[Changed, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    guards: tuple[Guard, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    offline: bool = False
    tries: Tries | None = None
    converged: bool | None = None
    interrupted: bool | None = None
    checks: tuple[Checked, ...] = ()

    @property
    def report(self) -> bool:
        """Whether it is what an apply did, and not a plan."""
        return self.converged is not None

    @property
    def blocked(self) -> bool:
        """A guard, or something held with `on_drift: block`, stops apply before its first write."""
        return any(guard.verdict == "blocked" for guard in self.guards) or any(held.blocks for held in self.held)

    @property
    def refused_keys(self) -> tuple[str, ...]:
        """The assistants that the server or their schema does not take; sorted, each once."""
        return tuple(sorted({one.key for one in self.refused if one.key is not None}))

    @property
    def is_empty(self) -> bool:
        """Nothing differs from what is live: no change, none held back, none refused."""
        return not (self.changes or self.held or self.refused)

    def count(self, action: str) -> int:
        """How many changes there are of `create`, `update`, `activate` or `delete`; held ones are none."""
        return sum(change.action == action for change in self.changes)

    def by_key(self) -> dict[str, Changed]:
        """Each change, and each that is held, by its key. Where two have one (they never should), the first."""
        found: dict[str, Changed] = {}
        for one in (*self.changes, *self.held):
            found.setdefault(one.key, one)
        return found


def read(path: Path) -> Document:
    """The document in a file. Raises UsageError, one line, for whatever else it holds or where it cannot be read."""
    content = strict.read_bytes(path, LARGEST)
    try:
        return loads(content)
    except ValueError as error:
        raise UsageError(
            f"{path} is not the JSON of a plan or report: {error}",
            hint="reconciler plan --format json=FILE writes one, and so does apply",
        ) from None


def loads(content: bytes) -> Document:
    """The document in these bytes. Raises ValueError, never anything else, with what is wrong and where."""
    return parse(strict.loads(content, LARGEST))


def parse(value: Json) -> Document:
    """The document that a JSON value is. Raises ValueError, as `loads`."""
    form = schema()
    require_version(value, form)
    found = strict.require(value, form)
    where, summary = _object(found["deployment"]), _object(found["summary"])
    name, owner = _text(where["name"]), str(found["owner"])
    require_name("owner", owner)
    if name is not None:
        require_name("deployment.name", name)
    return Document(
        deployment=name,
        url=str(where["url"]),
        owner=owner,
        commit=_text(found["commit"]),
        base=_text(found["base"]),
        summary={count: number for count, number in summary.items() if isinstance(number, int)},
        changes=tuple(_changed(one) for one in _objects(found["changes"])),
        held=tuple(_changed(one) for one in _objects(found["held"])),
        refused=diagnostics(found["refused"]),
        guards=tuple(_guard(one) for one in _objects(found["guards"]) if one["verdict"] != "passed"),
        diagnostics=diagnostics(found["diagnostics"]),
        offline=found.get("offline") is True,
        tries=trials.tries(found["tries"]),
        converged=_flag(found.get("converged")),
        interrupted=_flag(found.get("interrupted")),
        checks=trials.checks(found.get("checks")),
    )


def diagnostics(value: Json) -> tuple[Diagnostic, ...]:
    """Diagnostics out of a document that its schema has found to be right."""
    return tuple(_diagnostic(one) for one in _objects(value))


def require_version(value: Json, form: JsonObject) -> None:
    """Raises ValueError where a document says that it has another form than this one, in words that say so."""
    known = _object(_object(form["properties"])["format_version"])["const"]
    if isinstance(value, dict) and value.get("format_version", known) != known:
        raise ValueError(f"its format_version is not {known}: another version of reconciler wrote it")


def require_name(what: str, name: str) -> None:
    """Raises ValueError where a text is no name: of those, and of nothing else, markers and outputs are made."""
    if not NAME.match(name) or len(name) > LONGEST_NAME:
        raise ValueError(f"{what} is no name of letters, digits, `.`, `_` and `-`")


def _changed(value: JsonObject) -> Changed:
    return Changed(
        key=str(value["key"]),
        assistant_id=str(value["assistant_id"]),
        action=str(value["action"]),
        reasons=tuple(_texts(value["reasons"])),
        state=str(value["state"]),
        path=_text(value["path"]),
        line=_number(value["line"]),
        live_version=_number(value["live_version"]),
        target_version=_number(value["target_version"]),
        note=_text(value["note"]),
        fields=tuple(_objects(value["fields"])),
        proposed=_flag(value.get("proposed")),
        why=_text(value.get("why")),
        blocks=value.get("blocks") is True,
        ahead=value.get("ahead") is True,
        outcome=_text(value.get("outcome")),
        by=_text(value.get("by")),
        version=_number(value.get("version")),
        error=_text(value.get("error")),
        outcome_note=_text(value.get("outcome_note")),
    )


def _guard(value: JsonObject) -> Guard:
    return Guard(
        guard=str(value["guard"]),
        verdict="allowed" if value["verdict"] == "allowed" else "blocked",
        message=str(value["message"]),
        allow=_text(value["allow"]),
        by=_text(value["by"]),
    )


def _diagnostic(value: JsonObject) -> Diagnostic:
    severity = value["severity"]
    return Diagnostic(
        severity="error" if severity == "error" else "warning" if severity == "warning" else "note",
        code=str(value["code"]),
        message=str(value["message"]),
        path=_text(value["path"]),
        line=_number(value["line"]),
        column=_number(value["column"]),
        hint=_text(value["hint"]),
        key=_text(value["key"]),
    )


def _object(value: Json) -> JsonObject:
    assert isinstance(value, dict), "the schema has been asked"
    return value


def _objects(value: Json) -> Iterator[JsonObject]:
    assert isinstance(value, list), "the schema has been asked"
    return (_object(one) for one in value)


def _texts(value: Json) -> Iterator[str]:
    assert isinstance(value, list), "the schema has been asked"
    return (one for one in value if isinstance(one, str))


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None
