"""What an editor makes of manifests: the real yaml-language-server, with the settings and the schema that we write."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.editor import write_editor_files
from reconciler.app.source import open_repository, read_everywhere
from reconciler.contexts.vscode import SETTINGS_PATH, files
from tests.all.language_server import LanguageServer
from tests.all.yaml_traps import TRAPS, Trap

pytestmark = pytest.mark.needs_all

ROOT = Path(__file__).resolve().parents[2]
EVERY_WAY = Path(__file__).parent / "repository"
FIELDS = {"text": "string", "number": "number", "flag": "boolean", "nothing": "null", "list": "array", "map": "object"}
WRITER = "graph_id: writer\nname: A\ncontext:\n"
NODES = "support: {nodes: [agent, tools], tools: [tools]}\nwriter: {nodes: [draft], tools: []}\n"
TRY = "- name: a\n  input: Hello\n"


@pytest.fixture(scope="module")
def start(tool: Callable[..., str]) -> Iterator[Callable[[Path], LanguageServer]]:
    """Starts a server for a folder, with the settings that stand in its `.vscode`."""
    started: list[LanguageServer] = []

    def begin(folder: Path) -> LanguageServer:
        settings = json.loads((folder / SETTINGS_PATH).read_text("utf-8"))
        # Nothing of the network: the store's catalogue is not ours.
        server = LanguageServer(
            [tool("yaml-language-server"), "--stdio"], folder, {**settings, "yaml.schemaStore.enable": False}
        )
        started.append(server)
        return server

    yield begin
    for server in started:
        server.close()


def repository(folder: Path) -> Path:
    """A repository in every way to write a manifest, with what `schemas editor` and `init` write."""
    shutil.copytree(EVERY_WAY, folder)
    shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=shutil.ignore_patterns("editor"))
    (folder / "schemas" / "nodes.yaml").write_text(NODES)
    return with_editor(folder)


def with_editor(folder: Path) -> Path:
    for path, content in files().items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    write_editor_files(open_repository(folder))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("editor") / "repository")


@pytest.fixture(scope="module")
def server(start: Callable[[Path], LanguageServer], folder: Path) -> LanguageServer:
    return start(folder)


def manifests(folder: Path) -> dict[str, str]:
    found = sorted((folder / "assistants").rglob("*.yaml"))
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in found}


def test_no_false_alarm_here(start: Callable[[Path], LanguageServer]) -> None:
    """This repository's own manifests, with the files that are committed."""
    texts = manifests(ROOT)
    assert len(texts) >= 12
    assert {path: said for path, said in start(ROOT).alarms(texts).items() if said} == {}


def test_no_false_alarm_in_any_way_to_write_one(server: LanguageServer, folder: Path) -> None:
    """`extends`, `overrides`, `for_each`, and every tag: `validate` lets them pass, and so does the editor."""
    sources = read_everywhere(open_repository(folder))
    assert [d for source in sources for d in source.diagnostics if d.severity == "error"] == []
    texts = manifests(folder)
    words = " ".join(texts.values())
    assert all(f"{word} " in words for word in ("!file", "!ref", "!each", "!template", "extends:", "for_each:"))
    assert {path: said for path, said in server.alarms(texts).items() if said} == {}


WRONG = {
    "a field that there is not": (WRITER + "  tonne: warm\n", ["4: Property tonne is not allowed."]),
    "a number too large": (WRITER + "  temperature: 2\n", ["4: Value is above the maximum of 1."]),
    "a text for a number": (WRITER + "  temperature: hot\n", ['4: Incorrect type. Expected "number".']),
    "a word that there is not": (
        WRITER + "  model_name: gpt\n",
        ['4: Value is not accepted. Valid values: "anthropic", "openai".'],
    ),
    "what another graph knows": (WRITER + "  tone: warm\n", ["4: Property tone is not allowed."]),
    "deep in a context": (
        "graph_id: research\nname: A\ncontext:\n  report_prompt: a\n  writer: {max_token: 300}\n",
        ["5: Property max_token is not allowed."],
    ),
    "what is required is missing": (
        "graph_id: support\nname: A\ncontext:\n  tone: warm\n",
        ['3: Missing property "system_prompt".', '3: Missing property "tools".'],
    ),
    "a graph that there is not": (
        "graph_id: writter\nname: A\n",
        ['1: Value is not accepted. Valid values: "research", "support", "writer".'],
    ),
    "no name": ("graph_id: writer\n", ['1: Missing property "name".']),
    "a field of the manifest": ("graph_id: writer\nname: A\nnmae: B\n", ["3: Property nmae is not allowed."]),
    "beside removed": (
        "removed: delete\nname: A\n",
        ["2: This field cannot stand beside `removed`."],
    ),
    "an override": (
        "graph_id: writer\nname: A\noverrides:\n  staging:\n    context: {temperature: 3}\n",
        ["5: Value is above the maximum of 1."],
    ),
    "a deployment that there is not": (
        "graph_id: writer\nname: A\noverrides:\n  stagging: {}\n",
        ["4: Property stagging is not allowed."],
    ),
    "over a base": (
        "extends: _base.yaml\ngraph_id: writer\ncontext:\n  max_words: null\n  temperature: 2\n",
        ["5: Value is above the maximum of 1."],
    ),
    "with rows": (
        "graph_id: writer\nname: A\nfor_each: _rows.yaml\ncontext:\n  temperature: 2\n  max_words: !each words\n",
        ["5: Value is above the maximum of 1."],
    ),
    "a row's override": (
        "graph_id: writer\nname: A\nfor_each:\n  - id: a\n    overrides: {context: {audience: all}}\n",
        ['5: Value is not accepted. Valid values: "customers", "developers", "everyone", null.'],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_underlined(server: LanguageServer, text: str, expected: list[str]) -> None:
    """Each mistake at its line, and nothing else."""
    assert server.alarms({"assistants/new.yaml": text}) == {"assistants/new.yaml": expected}


@pytest.mark.parametrize("path", ["assistants/_base.yaml", "assistants/a/_rows.yaml", "x.yaml"])
def test_only_manifests_are_checked(server: LanguageServer, path: str) -> None:
    """Bases and rows look otherwise."""
    assert server.alarms({path: "- anything: [1]\n"}) == {path: []}


TRIES_WRONG = {
    "a field that there is not": (TRY + "  contains: b\n", ["3: Property contains is not allowed."]),
    "an expectation that there is not": (TRY + "  expect: {contain: b}\n", ["3: Property contain is not allowed."]),
    "no input": ("- name: a\n", ['1: Missing property "input".']),
    "too long": (TRY + "  expect: {max_seconds: 3601}\n", ["3: Value is above the maximum of 3600."]),
}


@pytest.mark.parametrize("ending", ["yaml", "yml"])
@pytest.mark.parametrize(("text", "expected"), TRIES_WRONG.values(), ids=TRIES_WRONG)
def test_what_is_underlined_in_tries(server: LanguageServer, text: str, expected: list[str], ending: str) -> None:
    """In a file of tries, of a manifest and of a base, and in a manifest itself."""
    places = (f"assistants/new.tries.{ending}", f"assistants/a/_base.tries.{ending}")
    assert server.alarms(dict.fromkeys(places, text)) == dict.fromkeys(places, expected)
    inline = "graph_id: writer\nname: A\ntries:\n" + text.replace("- ", "  - ").replace("\n  ", "\n    ")
    told = [f"{int(said[0]) + 3}{said[1:]}" for said in expected]
    assert server.alarms({"assistants/new.yaml": inline}) == {"assistants/new.yaml": told}


def test_a_file_of_tries_is_a_list(server: LanguageServer) -> None:
    """A mapping, as a manifest is, is underlined; every tag may stand in it, and any node."""
    assert server.alarms({"assistants/a.tries.yaml": "graph_id: writer\n"}) == {
        "assistants/a.tries.yaml": ['1: Incorrect type. Expected "array".']
    }
    fine = TRY.replace("Hello", "!file a.md") + (
        "  expect:\n    contains: !each town\n    matches: [!template 'in ${town}']\n    json_path: {$.a: null}\n"
        "  interrupt_before: [elsewhere, tools]\n- name: b\n  input: {a: 1}\n  interrupt_before: '*'\n"
    )
    assert server.alarms({"assistants/a.tries.yaml": fine}) == {"assistants/a.tries.yaml": []}


@pytest.mark.parametrize(
    ("path", "text", "labels"),
    [
        ("assistants/a.tries.yaml", TRY + "  |\n", {"expect", "interrupt_before"}),
        ("assistants/a.tries.yaml", TRY + "  expect:\n    |\n", {"contains", "not_contains", "matches", "json_path"}),
        ("assistants/a.tries.yaml", TRY + "  interrupt_before: [|]\n", {"agent", "tools", "draft"}),
        ("assistants/a.tries.yaml", TRY + "  interrupt_before:\n    - |\n", {"agent", "tools", "draft"}),
        (
            "assistants/new.yaml",
            "graph_id: writer\nname: A\ntries:\n  - name: a\n    input: b\n    interrupt_before: [|]\n",
            {"agent", "tools", "draft"},
        ),
        ("assistants/new.yaml", "graph_id: writer\nname: A\ntries:\n  - |\n", {"name", "input", "expect"}),
    ],
)
def test_what_is_proposed_for_tries(server: LanguageServer, path: str, text: str, labels: set[str]) -> None:
    """Their fields, what can be expected, and the nodes of the graphs."""
    found = [item["label"] for item in server.completion(path, text)]
    assert labels <= set(found)
    assert "context" not in found


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("interrupt_before", ["The nodes before which the run stops", "lets everything act"]),
        ("matches", ["A regular expression"]),
        ("input", ["A text is what a user says: one message."]),
    ],
)
def test_what_is_shown_of_tries(server: LanguageServer, at: str, expected: list[str]) -> None:
    """What each field means."""
    text = TRY + "  expect: {matches: a}\n  interrupt_before: [tools]\n"
    shown = server.hover("assistants/a.tries.yaml", text, at)
    assert all(part in shown for part in expected), shown


def test_a_repository_with_the_settings_in_a_folder(start: Callable[[Path], LanguageServer], tmp_path: Path) -> None:
    """Whether the folder is opened, or the whole repository with what `init` writes at its top."""
    repository(tmp_path / "gitops")
    for path, content in files("gitops/").items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    server, wrong = start(tmp_path), WRITER + "  tonne: warm\n"
    texts = {f"gitops/{path}": text for path, text in manifests(tmp_path / "gitops").items()}
    assert {path: said for path, said in server.alarms(texts).items() if said} == {}
    said = ["4: Property tonne is not allowed."]
    assert server.alarms(
        {"gitops/assistants/x.yaml": wrong, "gitops/assistants/_x.yaml": wrong, "a/x.yaml": wrong}
    ) == {"gitops/assistants/x.yaml": said, "gitops/assistants/_x.yaml": [], "a/x.yaml": []}


def test_a_line_in_the_file_is_enough(server: LanguageServer) -> None:
    """For an editor that knows no settings of the folder: the path of the schema, from the file's own folder."""
    line = "# yaml-language-server: $schema=../../schemas/editor/assistant.json\n"
    assert server.alarms({"other/deep/x.yaml": line + WRITER + "  tonne: warm\n"}) == {
        "other/deep/x.yaml": ["5: Property tonne is not allowed."]
    }


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (WRITER + "  |\n", {"audience", "max_words", "system_prompt", "temperature"}),
        ("graph_id: support\nname: A\ncontext:\n  |\n", {"hand_over_to", "tools", "tone"}),
        ("graph_id: research\nname: A\ncontext:\n  writer:\n    |\n", {"max_tokens", "model_name", "temperature"}),
        ("graph_id: support\nname: A\ncontext:\n  tone: |\n", {"warm", "neutral", "formal"}),
        ("graph_id: support\nname: A\ncontext:\n  tools: [|]\n", {"issue_refund", "open_ticket"}),
        ("graph_id: |\n", {"research", "support", "writer"}),
        ("graph_id: writer\nname: A\n|\n", {"context", "on_drift", "for_each", "extends", "overrides"}),
        ("graph_id: writer\nname: A\non_drift: |\n", {"overwrite", "hold", "block"}),
        ("graph_id: writer\nname: A\nextends: _b.yaml\ncontext:\n  |\n", {"audience", "temperature"}),
        ("graph_id: writer\nname: A\nfor_each: _r.yaml\ncontext:\n  audience: |\n", {"customers", "everyone"}),
        ("graph_id: writer\nname: A\noverrides:\n  |\n", {"staging", "production"}),
        ("graph_id: writer\nname: A\noverrides:\n  staging:\n    context:\n      |\n", {"audience", "temperature"}),
    ],
)
def test_what_is_proposed(server: LanguageServer, text: str, labels: set[str]) -> None:
    """The fields of the graph at hand, their values, and the tags."""
    found = [item["label"] for item in server.completion("assistants/new.yaml", text)]
    assert labels <= set(found)
    assert {"!file", "!ref", "!each", "!template"} <= set(found)
    assert "tonne" not in found
    if "support" not in text:
        assert "hand_over_to" not in found


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        (WRITER + "  temperature: 0.3\n", "temperature", ["Higher is more playful.", "Default: 0.4. From 0 to 1."]),
        (WRITER + "  max_words: 45\n", "max_words", ["Drafts beyond this", "Default: null. From 10 to 5000."]),
        (WRITER + "  max_words: null\n", "max_words", ["Drafts beyond this", "Default: null. From 10 to 5000."]),
        (WRITER + "  audience: everyone\n", "audience", ["Default: everyone.", "* `developers`"]),
        (WRITER + "  system_prompt: !file a.md\n", "system_prompt", ["Voice, audience and rules."]),
        ("graph_id: research\nname: A\ncontext:\n  writer: {}\n", "writer", ["The step that writes the report."]),
        ("graph_id: writer\nname: A\n", "graph_id", ["Which graph it runs.", "What one writer assistant is made of."]),
        ("graph_id: writer\nname: A\nprotected: true\n", "protected", ["may not be deleted"]),
        ("graph_id: writer\nname: A\noverrides: {}\n", "overrides", ["by its name: merged over the rest"]),
        (
            "graph_id: writer\nname: A\nfor_each: _r.yaml\ncontext:\n  temperature: !each t\n",
            "temperature",
            ["Higher is more playful.", "From 0 to 1."],
        ),
    ],
)
def test_what_is_shown(server: LanguageServer, text: str, at: str, expected: list[str]) -> None:
    """A field's description, default and bounds, of the graph at hand."""
    shown = server.hover("assistants/new.yaml", text, at)
    assert all(part in shown for part in expected), shown


@pytest.fixture(scope="module")
def trapped(start: Callable[[Path], LanguageServer], tmp_path_factory: pytest.TempPathFactory) -> dict[Trap, list[str]]:
    """What the editor takes each trap for: the kinds of value for which it is no alarm."""
    folder = tmp_path_factory.mktemp("traps") / "repository"
    (folder / "schemas").mkdir(parents=True)
    (folder / "reconciler.yaml").write_text("owner: traps\n")
    fields: dict[str, Any] = {name: {"type": kind} for name, kind in FIELDS.items()} | {"other": {}}
    (folder / "schemas" / "trap.json").write_text(json.dumps({"properties": fields}))
    server = start(with_editor(folder))
    texts = {}
    for number, trap in enumerate(TRAPS):
        for kind in ["fine"] if trap.lines else [*FIELDS, "other"]:
            texts[f"assistants/{number}/{kind}.yaml"] = manifest(trap, kind)
    said = server.alarms(texts)
    result: dict[Trap, list[str]] = {}
    for path, alarms in said.items():
        number, kind = Path(path).parent.name, Path(path).stem
        fits = result.setdefault(TRAPS[int(number)], [])
        if not alarms:
            fits.append(kind)
    return result


def manifest(trap: Trap, field: str) -> str:
    lines = trap.text if trap.lines else f"  {field}: {trap.text}\n"
    return f"graph_id: trap\nname: A\ncontext:\n{lines}"


def seen(fits: list[str], *, lines: bool) -> str:
    if lines:
        return "fine" if fits else "error"
    return next((kind for kind in fits if kind != "other"), "error") if "other" in fits else "error"


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: repr(trap.text))
def test_the_editor_reads_yaml_as_the_loader_does(trapped: dict[Trap, list[str]], trap: Trap) -> None:
    """Or the table says that it does not, and why."""
    assert seen(trapped[trap], lines=trap.lines) == trap.seen
    assert bool(trap.why) == (trap.seen != trap.loader)


def test_the_table_has_one_false_alarm() -> None:
    """One text that the loader takes and the editor does not; where they differ otherwise, the loader is stricter."""
    stricter = [trap for trap in TRAPS if trap.loader == "error" != trap.seen]
    others = [trap.text for trap in TRAPS if trap.why and trap not in stricter]
    assert others == ["!template {file: a.md}", "! 1", "  text: 'a\n b'\n"]
