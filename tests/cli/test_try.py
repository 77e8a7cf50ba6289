"""`reconciler try` on a fake: what it runs, what it says, and what it never touches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.render.schema import schema
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served
from tests.fake import GRAPHS, JS, Ends, FakeServer, Given, Response, default_id

TRIES = """tries:
  - name: short
    input: Write about the tent
    expect: {contains: Write}
"""


def asked(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


@pytest.fixture
def applied(repo: Repo, fake: Served, cli: Cli) -> Served:
    """`tweet` is live, and the deployment of the settings is the one to try on."""
    repo.manifest("tweet", "Write well.", TRIES)
    trusted(repo, fake)
    cli("apply", "-y", code=0)
    return fake


def trusted(repo: Repo, fake: Served) -> None:
    repo.settings(f"owner: {repo.owner}", f"deployments: {{staging: {{url: '{fake.url}'}}}}", "try_on: staging")


def document(said: str) -> dict[str, Any]:
    """The JSON that was printed, as it is published."""
    found: dict[str, Any] = json.loads(said)
    jsonschema.Draft202012Validator(schema("try")).validate(found)
    return found


def runs(fake: Served) -> list[tuple[str, dict[str, Any]]]:
    """(assistant_id, context with which the graph ran) of each run, in no order."""
    return sorted(((g.assistant_id, g.context) for g in fake.server.runs.asked), key=str)


def test_both_answers(repo: Repo, applied: Served, cli: Cli) -> None:
    """The live assistant answers as it is, the default assistant carries what the manifest says; nothing changes."""
    repo.manifest("tweet", "Write funny.", TRIES)
    before = applied.live("tweet")
    ran = cli("try", "tweet", code=0)
    assert "Write well." in ran.out.split("the answer after")[0]
    assert "Write funny." in ran.out.split("the answer after")[1]
    assert "passed" in ran.out
    assert "A try is a real run" in ran.out
    assert runs(applied) == sorted(
        [
            (applied.id("tweet"), {"system_prompt": "Write well."}),
            (default_id("writer"), {"system_prompt": "Write funny."}),
        ],
        key=str,
    )
    assert all(g.metadata["reconciler"] == "try" for g in applied.server.runs.asked)
    assert applied.live("tweet") == before
    assert applied.server.runs.threads == []
    assert applied.writes == ["POST /assistants"]


def test_a_removed_field_is_absent(repo: Repo, fake: Served, cli: Cli) -> None:
    """Not merged in from the live assistant."""
    repo.manifest("tweet", "Write well.", "  temperature: 0.5", TRIES)
    trusted(repo, fake)
    cli("apply", "-y", code=0)
    repo.manifest("tweet", "Write well.", TRIES)
    cli("try", "tweet", code=0)
    assert (default_id("writer"), {"system_prompt": "Write well."}) in runs(fake)


def test_what_stays_is_noted(repo: Repo, fake: Served, cli: Cli) -> None:
    """Where the default assistant has a context of its own the assistant carries it, and the text names the field."""
    repo.manifest("tweet", "Write well.", "  temperature: 0.5", TRIES)
    trusted(repo, fake)
    cli("apply", "-y", code=0)
    fake.server.patch(default_id("writer"), context={"system_prompt": "x"})
    repo.manifest("tweet", "Write more.", TRIES)
    said = cli("try", "tweet", code=0).out
    assert "`context.temperature` of the live assistant" in " ".join(said.split())
    assert (fake.id("tweet"), {"system_prompt": "Write more.", "temperature": 0.5}) in runs(fake)


def test_one_run_where_nothing_changes(applied: Served, cli: Cli) -> None:
    """What is live is run once, as it is."""
    said = document(cli("try", "tweet", "--format", "json", code=0).out)
    (trial,) = said["trials"]
    assert trial["before"] is None
    assert "there is one run" in trial["notes"][0]
    assert runs(applied) == [(applied.id("tweet"), {"system_prompt": "Write well."})]


def test_a_new_assistant(repo: Repo, fake: Served, cli: Cli) -> None:
    """It answers before it exists, and still does not exist."""
    repo.manifest("tweet", "Write well.", TRIES)
    trusted(repo, fake)
    said = document(cli("try", "tweet", "--format", "json", code=0).out)
    (trial,) = said["trials"]
    assert (trial["before"], trial["verdict"]) == (None, "passed")
    assert trial["after"]["text"] == "[no model in this context] Write well."
    assert fake.writes == []


def test_a_failed_expectation(repo: Repo, applied: Served, cli: Cli) -> None:
    """Ends with 1 and says which."""
    repo.manifest("tweet", "Be brief.", TRIES)
    ran = cli("try", "tweet", code=1)
    assert "failed: does not contain `Write`" in ran.out
    assert "1 try: 1 failed." in ran.out
    assert "before does not meet" not in ran.out


def test_what_failed_before_as_well(repo: Repo, fake: Served, cli: Cli) -> None:
    """Then it is not the change that is at fault, and that is said."""
    repo.manifest("tweet", "Be long.", TRIES)
    trusted(repo, fake)
    cli("apply", "-y", code=0)
    repo.manifest("tweet", "Be brief.", TRIES)
    assert "the answer before does not meet this either" in cli("try", "tweet", code=1).out.lower()


def test_an_error_of_the_graph(repo: Repo, applied: Served, cli: Cli) -> None:
    """A 200 with __error__ is a failure that names the field."""
    words = "1 validation error for Ctx\nlimit\n  Input should be a valid integer"
    applied.server.runs.ends = lambda given: Ends(error=("ValidationError", words))
    repo.manifest("tweet", "Be brief.", TRIES)
    ran = cli("try", "tweet", code=1)
    assert "ValidationError" in ran.out
    assert "`limit`" in ran.out
    assert "fails in the same way" in " ".join(ran.out.split())


def test_a_run_that_hangs(repo: Repo, applied: Served, cli: Cli) -> None:
    """Past its time it is cancelled and cleared away; how it would have ended is not known: 6."""
    applied.server.runs.ends = lambda given: Ends(seconds=None)
    said = document(cli("try", "tweet", "--timeout", "1", "--format", "json", code=6).out)
    assert said["trials"][0]["after"] == {"end": "unknown", "why": "no end within 1 s", "left": None}
    assert applied.server.runs.threads == []


def test_calls_that_it_would_make(repo: Repo, fake: Served, cli: Cli) -> None:
    """A try that stops before the tools shows the calls."""
    repo.manifest("tweet", "x", "tries: [{name: stop, input: Refund me, interrupt_before: '*'}]")
    trusted(repo, fake)
    calls = [{"name": "refund", "args": {"amount": 5}, "id": "1"}]
    message = {"type": "ai", "content": "I will refund.", "tool_calls": calls}
    fake.server.runs.ends = lambda given: Ends(output={"messages": [message]})
    ran = cli("try", "tweet", code=0)
    assert fake.server.runs.asked[0].interrupt_before == "*"
    assert 'refund {"amount": 5}' in ran.out
    assert "it stops there, and would call" in ran.out


def test_a_stop_that_the_graph_does_not_have(repo: Repo, fake: Served, cli: Cli) -> None:
    """The server would run past it without a word, so nothing is run."""
    repo.manifest("tweet", "x", TRIES)
    trusted(repo, fake)
    repo.write("in.txt", "Refund me")
    ran = cli("try", "tweet", "--input", "in.txt", "--interrupt-before", "anser", code=1)
    said = "graph `writer` has no node `anser` on this server, so a run would not stop there; did you mean `answer`?"
    assert said in " ".join(ran.out.split())
    assert fake.server.runs.asked == []


def test_other_tries_run_where_one_names_no_node(repo: Repo, applied: Served, cli: Cli) -> None:
    """That one has failed, whatever fits into a limit; it takes no run, nobody is asked about it, and those that stop
    where they can are run."""
    tries = (
        "{name: fine, input: a, interrupt_before: [answer]}, {name: next, input: b}, "
        "{name: wrong, input: c, interrupt_before: [answer, tools, refunds]}"
    )
    repo.manifest("tweet", "Write anew.", f"tries: [{tries}]")
    said = document(cli("try", "tweet", "--max-runs", "2", "--format", "json", code=1).out)
    assert [(one["try"]["name"], one["verdict"]) for one in said["trials"]] == [("fine", "shown"), ("wrong", "failed")]
    wrong = said["trials"][1]
    assert (wrong["before"], wrong["after"]["error"], wrong["after"]["started"]) == (None, "unknown node", False)
    assert wrong["after"]["message"].startswith("graph `writer` has no nodes `tools`, `refunds` on this server")
    assert wrong["after"]["message"].endswith("its nodes: `answer`")
    assert said["untried"] == {"tweet": "only 1 of 2 tries fits into the 2 runs that there are at most (--max-runs)"}
    assert len(applied.server.runs.asked) == 2


class Drawn(FakeServer):
    """A server whose graph `writer` has another node than the others."""

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if path == f"/assistants/{default_id('writer')}/graph":
            return Response(200, {}, b'{"nodes": [{"id": "old"}]}')
        return super().handle(method, path, headers, body)


def test_a_stop_that_only_the_graph_before_lacks(repo: Repo, serve: Serve, cli: Cli) -> None:
    """What is proposed stops there and runs; what is live would not, so that is not run, and it is said."""
    fake = serve(Drawn(graphs=dict(GRAPHS)))
    repo.manifest("tweet", "x")
    trusted(repo, fake)
    cli("apply", "-y", code=0)
    repo.write("schemas/researcher.json", json.dumps(GRAPHS["researcher"]))
    repo.manifest("tweet", "x", "tries: [{name: one, input: a, interrupt_before: [answer]}]", graph="researcher")
    (trial,) = document(cli("try", "tweet", "--format", "json", code=0).out)["trials"]
    assert (trial["before"], trial["verdict"]) == (None, "shown")
    assert any("graph `writer` has no node `answer`" in note for note in trial["notes"])
    assert len(fake.server.runs.asked) == 1


class Undrawn(FakeServer):
    """A server that cannot draw its graphs."""

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if path.endswith("/graph"):
            return Response(500, {}, b"{}")
        return super().handle(method, path, headers, body)


def test_a_stop_that_nobody_can_look_up(repo: Repo, serve: Serve, cli: Cli) -> None:
    """Where the server does not say the graph's nodes it runs, and says that it may not have stopped."""
    repo.manifest("tweet", "x", "tries: [{name: stop, input: Refund me, interrupt_before: [tools]}]")
    trusted(repo, serve(Undrawn()))
    said = document(cli("try", "tweet", "--format", "json", code=0).out)
    note = "the server does not say the nodes of graph `writer`: whether a run stops where it is to is not known"
    assert note in said["trials"][0]["notes"]


def test_input_from_a_file(repo: Repo, applied: Served, cli: Cli) -> None:
    """A text is what a user says, an object is sent as it is; the manifest's tries are not run."""
    repo.write("in.txt", "Hello: you\n")
    repo.write("in.json", '{"messages": [], "x": 1}')
    repo.write("in.yaml", "messages: []\nx: 2\n")
    repo.write("emoji.json", json.dumps({"messages": [], "x": "\\\U0001f600\U0001f600 \\ud83d\\ude00 ü"}))
    for name in ("in.txt", "in.json", "in.yaml", "emoji.json"):
        cli("try", "tweet", "--input", name, code=0)
    assert [g.input for g in applied.server.runs.asked] == [
        asked("Hello: you\n"),
        {"messages": [], "x": 1},
        {"messages": [], "x": 2},
        {"messages": [], "x": "\\\U0001f600\U0001f600 \\ud83d\\ude00 ü"},
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.txt", b"", "it is empty"),
        ("in.txt", b"\xff\xfe", "it is no text in UTF-8"),
        ("in.yaml", b"[1, 2]", "an input is an object or a text"),
        ("in.json", b"{", "in.json"),
        ("none.txt", None, "No such file"),
    ],
)
def test_input_that_is_none(repo: Repo, applied: Served, cli: Cli, name: str, content: bytes | None, said: str) -> None:
    """It is said, and nothing is run."""
    if content is not None:
        repo.write(name, content)
    assert said in cli("try", "tweet", "--input", name, code=1).said
    assert applied.server.runs.asked == []


def test_against_a_commit(repo: Repo, applied: Served, cli: Cli) -> None:
    """Before is what that commit says, live or not."""
    repo.manifest("tweet", "Write of old.", TRIES)
    commit = repo.commit()
    repo.manifest("tweet", "Write anew.", TRIES)
    said = document(cli("try", "tweet", "--against", "HEAD", "--format", "json", code=0).out)
    assert said["against"] == commit
    (trial,) = said["trials"]
    assert ["Write of old." in trial["before"]["text"], "Write anew." in trial["after"]["text"]] == [True, True]
    assert all(identifier == default_id("writer") for identifier, _ in runs(applied))
    assert f"before is commit {commit[:12]}" in cli("try", "tweet", "--against", commit, code=0).out


def test_no_tries(repo: Repo, applied: Served, cli: Cli) -> None:
    """What was named and has none is a mistake that says what to write."""
    repo.manifest("other", "x")
    ran = cli("try", "other", code=1)
    assert ran.message == (
        "error: nothing to try of `other`: no tries write some under `tries:` in its manifest, or give one "
        "input: --input FILE"
    )
    ran = cli("try", "*", code=0)
    assert "Not tried: `other`: no tries" in ran.out


def test_somebody_elses_assistant(repo: Repo, applied: Served, cli: Cli) -> None:
    """What apply would refuse is not run either."""
    repo.owner = "others"
    repo.manifest("tweet", "x", f"assistant_id: {applied.id('tweet', 'acme')}", TRIES)
    trusted(repo, applied)
    ran = cli("try", "tweet", code=1)
    assert "belongs to the owner 'acme'" in ran.message
    assert applied.server.runs.asked == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "try runs what it is told to: a KEY, --graph or --changed"),
        (("--changed",), "--changed compares with a commit"),
        (("tweet", "--base", "HEAD"), "--base goes with --changed"),
        (("tweet", "--interrupt-before", "tools"), "--interrupt-before goes with --input"),
        (("nobody",), "no assistant `nobody`"),
        (("tweet", "--against", "nowhere"), "commit nowhere is not in this clone"),
        (("tweet", "--format", "html"), "is a form of a plan"),
    ],
)
def test_words_that_say_nothing(repo: Repo, applied: Served, cli: Cli, words: tuple[str, ...], said: str) -> None:
    """They are refused before anything is sent."""
    repo.commit()
    sent = len(applied.server.log)
    assert said in cli("try", *words, code=1).message
    assert len(applied.server.log) == sent


def test_an_error_in_a_manifest(repo: Repo, applied: Served, cli: Cli) -> None:
    """As for plan: nothing is run with a repository that is broken."""
    repo.write("assistants/broken.yaml", "graph_id: [")
    cli("try", "tweet", code=1)
    assert applied.server.runs.asked == []


def test_the_limit_on_runs(repo: Repo, applied: Served, cli: Cli) -> None:
    """What does not fit is named; the first try of each is made first."""
    for key in ("a", "b", "c"):
        repo.manifest(key, key, "tries: [{name: one, input: x}, {name: two, input: y}]")
    said = document(cli("try", "--graph", "writer", "--exclude", "tweet", "--max-runs", "4", "--format", "json").out)
    assert [(t["key"], t["try"]["name"]) for t in said["trials"]] == [
        ("a", "one"),
        ("a", "two"),
        ("b", "one"),
        ("c", "one"),
    ]
    assert said["untried"].keys() == {"b", "c"}
    assert said["untried"]["b"] == "only 1 of 2 tries fits into the 4 runs that there are at most (--max-runs)"


def test_the_time_for_all(repo: Repo, applied: Served, cli: Cli) -> None:
    """After --total nothing new is sent; what was not is said, with 5."""
    repo.manifest("tweet", "x", "tries: [{name: one, input: x}, {name: two, input: y}, {name: three, input: z}]")
    applied.server.runs.ends = lambda given: Ends(seconds=1.2)
    words = ("--total", "1", "--parallelism", "2", "--format", "json")
    said = document(cli("try", "tweet", *words, code=5).out)
    assert [t["verdict"] for t in said["trials"]] == ["shown", "not_run", "not_run"]
    assert len(applied.server.runs.asked) == 2


def test_formats_and_files(repo: Repo, applied: Served, cli: Cli, tmp_path: Path) -> None:
    """Markdown and JSON beside text, as everywhere."""
    repo.manifest("tweet", "Write <b>@ana</b>\nhere", TRIES)
    ran = cli(
        "try",
        "tweet",
        "--format",
        "text",
        "--format",
        f"json={tmp_path}/t.json",
        "--format",
        f"markdown={tmp_path}/t.md",
    )
    assert "1 try: 1 passed." in ran.out
    document((tmp_path / "t.json").read_text())
    assert "**1 try: 1 passed.**" in (tmp_path / "t.md").read_text()


def test_answers_steer_no_terminal(repo: Repo, applied: Served, cli: Cli) -> None:
    """Nor a runner's log."""
    answer = {"messages": [{"type": "ai", "content": "a\x1b[2J\n::add-mask::x\u202e"}]}
    applied.server.runs.ends = lambda given: Ends(output=answer)
    repo.manifest("tweet", "x", TRIES)
    said = cli("try", "tweet", code=1).said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\n::" not in said.replace(" ", "")


def test_what_differs_of_long_answers(repo: Repo, applied: Served, cli: Cli) -> None:
    """Answers of several lines are followed by the lines that differ."""

    def ends(given: Given) -> Ends:
        end = "old" if given.context["system_prompt"] == "Write well." else "new"
        return Ends(output={"messages": [{"type": "ai", "content": f"Write\nsame\n{end} end"}]})

    applied.server.runs.ends = ends
    repo.manifest("tweet", "x", TRIES)
    said = cli("try", "tweet", code=0).out
    diff = said.split("what differs:")[1]
    assert "- old end" in diff
    assert "+ new end" in diff


def test_what_it_sends(repo: Repo, fake: Served, cli: Cli) -> None:
    """Reads, and one request that runs: nothing that could write."""
    repo.manifest("tweet", "x", TRIES)
    trusted(repo, fake)
    cli("try", "tweet")
    sent = [f"{request.method} {request.path}" for request in fake.server.log]
    assert sent.count("POST /runs/wait") == 1
    assert all(line.startswith("GET ") or line in ("POST /assistants/search", "POST /runs/wait") for line in sent)


def test_values_go_where_the_assistant_has_them(repo: Repo, serve: Serve, cli: Cli) -> None:
    """Where `context` and `config.configurable` are kept apart, what is proposed goes where the live values are."""
    fake = serve(FakeServer(JS, graphs=dict(GRAPHS)))
    made = fake.server.create(graph_id="writer", name="t", config={"configurable": {"system_prompt": "Old."}})
    fake.server.create(graph_id="writer", name="u", context={"system_prompt": "Other."})
    repo.manifest("tweet", "New.", f"assistant_id: {made['assistant_id']}", TRIES)
    trusted(repo, fake)
    cli("try", "tweet")
    sent = [request.body for request in fake.server.log if request.path == "/runs/wait"]
    (after,) = [body for body in sent if body["assistant_id"] != made["assistant_id"]]
    assert "context" not in after
    assert after["config"] == {"configurable": {"system_prompt": "New."}}


def test_what_the_graph_asks(repo: Repo, applied: Served, cli: Cli) -> None:
    """Its own question is shown and judged: who asks for a password does not pass for somebody who says nothing."""
    silent = {"type": "ai", "content": "", "tool_calls": []}
    asks = {"messages": [silent], "__interrupt__": [{"value": "Your password?"}]}
    applied.server.runs.ends = lambda given: Ends(output=asks)
    repo.manifest("tweet", "x", "tries: [{name: one, input: a, expect: {not_contains: password}}]")
    ran = cli("try", "tweet", code=1)
    assert "failed: contains `password`" in ran.out
    assert "Your password?" in ran.out
    assert "the graph asks this itself, and waits" in " ".join(ran.out.split())
    assert "says nothing" not in ran.out
    (trial,) = document(cli("try", "tweet", "--format", "json", code=1).out)["trials"]
    assert (trial["after"]["asks"], trial["after"]["left"]) == ("Your password?", None)
