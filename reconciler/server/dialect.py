"""How this server's JSON differs from the next one's: JSON <-> Live, Write -> body.

The only file that knows `config.configurable`. What is known of a server is learned from its answers, not from its
version number (docs/server.md, S3, S5, S6).

| server                          | values live in                             | written to           |
|---------------------------------|--------------------------------------------|----------------------|
| mirrors (LG, LH, Aegra)         | `context`, copied to `config.configurable` | `context`            |
| knows no context (LG < 0.2.108) | `config.configurable`                      | the same             |
| keeps them apart (JS)           | whichever of the two is filled             | where they were read |
"""

from __future__ import annotations

from typing import Literal

from reconciler.errors import ServerError, Unsupported
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.live import Live, Version
from reconciler.model.marker import MARKER, parse_marker
from reconciler.model.spec import Spec
from reconciler.model.write import Write

Place = Literal["context", "configurable"]

OLDEST_AEGRA = (0, 10, 6)
"""Before this one, a PATCH wipes what it omits and answers are wrong (docs/server.md, S1 and S6)."""


class Dialect:
    """What has been learned of one server in one run."""

    def __init__(self, info: JsonObject) -> None:
        """`info` is the answer of /info, or {} where it is switched off. Raises Unsupported for an Aegra that is
        too old."""
        self.name = "Aegra" if info.get("name") == "Aegra" else "Agent Server"
        self.version = str(info.get("version", ""))
        if self.name == "Aegra" and _numbers(self.version) < OLDEST_AEGRA:
            raise Unsupported(
                f"Aegra {self.version or 'of an unknown version'} loses what a PATCH omits; "
                "this tool needs Aegra 0.10.6 or later",
                hint="upgrade Aegra, then plan again",
            )
        self._apart: bool | None = None
        if isinstance(info.get("langgraph_js_version"), str):
            self._apart = True
        elif isinstance(info.get("langgraph_py_version"), str) or self.name == "Aegra":
            self._apart = False
        known = info.get("langgraph_py_version") or info.get("langgraph_js_version") or self.name == "Aegra"
        self._merges_metadata = bool(known)
        self._knows_context = True
        self.one_per_config = self.name == "Aegra"
        """Whether two assistants of one graph must differ in config or context (docs/server.md, S13)."""
        self.on_every_row: frozenset[str] = frozenset()
        """Metadata keys of all listed rows with a marker: an auth handler may put them there at each write (S26)."""
        self._places: dict[str, Place] = {}

    def learn_no_context(self) -> None:
        """An answer has no `context`: the values go into `config.configurable` from now on."""
        self._knows_context = False

    def learn_replaced_metadata(self) -> None:
        """Metadata of others did not survive a PATCH that did not name it: from now on it is sent back as found.

        That is no habit, since what was found may be old by then: only a server that needs it gets it (S6).
        """
        self._merges_metadata = False

    def observe(self, rows: list[JsonObject]) -> None:
        """Learn from the rows of a listing how this server keeps values. Called before `live`.

        A row that holds the same values twice is a mirror's; one that holds them once is not. The Python server may
        have both, where a PATCH named the config alone, so there /info is believed.
        """
        marked = [metadata.keys() for row in rows if MARKER in (metadata := _object(row.get("metadata")))]
        self.on_every_row = frozenset(marked[0]).intersection(*marked) if marked else frozenset()
        if rows and all("context" not in row for row in rows):
            self._knows_context = False
        if self._apart is False:
            return
        pairs = [(_object(row.get("context")), _configurable(row)) for row in rows]
        once = any(bool(context) != bool(configurable) for context, configurable in pairs)
        twice = any(context and same(context, configurable) for context, configurable in pairs)
        self._apart = once if self._apart is None or twice else True

    def live(self, row: JsonObject) -> Live:
        """A row of a listing. Raises ServerError where it is none."""
        identifier = row.get("assistant_id")
        if not isinstance(identifier, str):
            raise ServerError("the server listed an assistant without an assistant_id")
        self._places[identifier] = self._place(row)
        return Live(assistant_id=identifier, row=self.version_row(row))

    def version_row(self, row: JsonObject) -> Version:
        """A row of a listing or of a history."""
        config = row.get("config")
        config = {k: v for k, v in config.items() if k != "configurable"} if isinstance(config, dict) else {}
        metadata = row.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        context, configurable = _object(row.get("context")), _configurable(row)
        place = self._place(row)
        once = not configurable or same(context, configurable)
        differ = bool(context) and not once
        residue: JsonObject = {}
        if not self._knows_context or place == "configurable":
            context = configurable
        elif not self._apart and not once:
            residue = configurable
        created_at = row.get("created_at")
        return Version(
            number=_number(row.get("version")),
            spec=Spec(
                graph_id=str(row.get("graph_id", "")),
                name=_text(row.get("name")),
                description=_text(row.get("description")),
                context=context,
                config=config,
                metadata={k: v for k, v in metadata.items() if k != MARKER},
            ),
            marker=parse_marker(metadata.get(MARKER)),
            residue=residue,
            ambiguous=bool(self._apart) and differ,
            created_at=created_at if isinstance(created_at, str) else None,
        )

    def body(self, write: Write, *, create: bool) -> JsonObject:
        """The one full body (docs/server.md, S1). Never left to the server: what to keep, what to clear."""
        spec = write.spec
        place: Place = self._places.get(write.assistant_id, "context")
        knows_context = self._knows_context
        elsewhere = place == "configurable" or not knows_context
        metadata: JsonObject = {} if self._merges_metadata else dict(write.foreign)
        body: JsonObject = {
            "graph_id": spec.graph_id,
            "name": spec.name,
            "description": spec.description,
            "config": spec.config | {"configurable": spec.context if elsewhere else {}},
            "metadata": metadata | spec.metadata | {MARKER: None if write.released else write.marker.as_json()},
        }
        if knows_context:
            body["context"] = {} if elsewhere else spec.context
        if create:
            body["assistant_id"] = write.assistant_id
        return body

    def run(self, assistant_id: str, context: JsonObject | None, config: JsonObject | None) -> JsonObject:
        """What a run says of its context and config: in the place where the assistant has them, or where this server
        knows no other."""
        said: JsonObject = {} if config is None else {"config": config}
        if context is None:
            return said
        if self._knows_context and self._places.get(assistant_id, "context") == "context":
            return said | {"context": context}
        return {"config": (config or {}) | {"configurable": context}}

    def _place(self, row: JsonObject) -> Place:
        alone = self._apart and _configurable(row) and not _object(row.get("context"))
        return "configurable" if alone else "context"


def _configurable(row: JsonObject) -> JsonObject:
    config = row.get("config")
    return _object(config.get("configurable")) if isinstance(config, dict) else {}


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split(".")[:3])
