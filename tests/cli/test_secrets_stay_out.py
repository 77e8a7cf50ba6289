"""Secrets stay out of contexts: refused before anything is sent, never repeated, let through by their hash alone."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.app.lint import refused
from reconciler.model.json import digest
from reconciler.repo.settings import AllowedSecret, Settings
from tests.cli.conftest import Cli, Ran
from tests.cli.places import Repo, Served

TOKEN = "ghp_" + "0123456789abcdefABCDEF0123456789abcd"
PASSWORD = "correct-horse-battery-staple"
OPEN = ("owner: acme", "schemas: {plain: open}")
COMMANDS = (("validate",), ("plan",), ("apply", "-y"))


def plain(repo: Repo, key: str, *lines: str) -> None:
    """A manifest of a graph that takes any context."""
    context = "".join(f"  {line}\n" for line in lines)
    repo.write(f"assistants/{key}.yaml", f"graph_id: plain\nname: {key}\ncontext:\n{context}")


def allow(repo: Repo, key: str, path: str, value: object) -> None:
    """The settings with one entry."""
    entry = {"key": key, "path": path, "hash": digest(value)}  # type: ignore[arg-type]  # any value may be a secret
    repo.settings(*OPEN, f"secrets_allowed: [{json.dumps(entry)}]")


def pasted(ran: Ran) -> list[str]:
    """What a message gives for the settings."""
    return [
        "secrets_allowed:" + line.split("secrets_allowed:")[1] for line in ran.err.splitlines() if "_allowed:" in line
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_secret_stops_every_command(cli: Cli, repo: Repo, fake: Served, command: tuple[str, ...]) -> None:
    """At its place, before anything is sent; the value itself is in no output."""
    repo.settings(*OPEN)
    plain(repo, "a", "model: x", f"api_key: {PASSWORD}", f'prompt: "Use {TOKEN}."')
    server = () if command == ("validate",) else ("--url", fake.url)
    ran = cli(*command, *server, code=1)
    assert "assistants/a.yaml:5:12: context field `api_key` looks like a secret" in ran.message
    assert "assistants/a.yaml:6:11: context field `prompt` holds what looks like a GitHub token" in ran.message
    assert ran.message.count("[secret]") == 2
    assert "let the graph read it from its own environment" in ran.message
    assert TOKEN not in ran.said
    assert PASSWORD not in ran.said
    assert fake.server.log == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_secret_in_a_try_stops_every_command(cli: Cli, repo: Repo, fake: Served, command: tuple[str, ...]) -> None:
    """In its input, in what it expects, and in a file that it takes: git keeps them all. Each can be let pass."""
    repo.settings(*OPEN)
    plain(repo, "a", "model: x")
    repo.write("assistants/inputs/long.txt", f"Hello.\nUse {TOKEN}.\n")
    tries = f"- name: a\n  input: {{api_key: {PASSWORD}}}\n  expect: {{contains: [ok, '{TOKEN}']}}\n"
    repo.write("assistants/a.tries.yaml", f"{tries}- {{name: b, input: !file inputs/long.txt}}\n")
    server = () if command == ("validate",) else ("--url", fake.url)
    ran = cli(*command, *server, code=1)
    for said in (
        "assistants/a.tries.yaml:2:20: field `tries[0].input.api_key` looks like a secret; git keeps it in clear",
        "assistants/a.tries.yaml:3:27: field `tries[0].expect.contains[1]` holds what looks like a GitHub token",
        "assistants/inputs/long.txt:2:5: field `tries[1].input` holds what looks like a GitHub token",
    ):
        assert said in ran.message
    assert ran.message.count("[secret]") == 3
    assert TOKEN not in ran.said
    assert PASSWORD not in ran.said
    assert fake.server.log == []
    entries = [line.removeprefix("secrets_allowed: [").removesuffix("]") for line in pasted(ran)]
    repo.settings(*OPEN, f"secrets_allowed: [{', '.join(entries)}]")
    assert "secret" not in cli("validate", code=0).message


def test_in_a_prompt_file_it_has_the_files_own_line(cli: Cli, repo: Repo) -> None:
    """The file is named, with the line and column in it."""
    repo.settings(*OPEN)
    repo.write("assistants/prompts/p.md", f"Hello.\n\n  The token is {TOKEN}\n")
    plain(repo, "a", "prompt: !file prompts/p.md")
    ran = cli("validate", code=1)
    assert "assistants/prompts/p.md:3:16: context field `prompt` holds what looks like a GitHub token" in ran.message


def test_in_a_base_and_in_an_override_it_has_their_place(cli: Cli, repo: Repo) -> None:
    """Also where only one deployment has it, and once where all have it."""
    repo.settings(
        *OPEN,
        "deployments:",
        "  one: {url: https://one.example.com}",
        "  two: {url: https://two.example.com}",
    )
    repo.write("assistants/_base.yaml", f"graph_id: plain\ncontext:\n  api_key: {PASSWORD}\n")
    override = f"overrides:\n  two:\n    context:\n      token: {PASSWORD}\n"
    repo.write("assistants/a.yaml", f"extends: _base.yaml\nname: a\n{override}")
    ran = cli("validate", code=1)
    assert "assistants/_base.yaml:3:12: context field `api_key`" in ran.message
    assert "assistants/a.yaml:6:14: context field `token`" in ran.message
    assert ran.message.endswith("2 errors")


def test_no_other_message_repeats_it(cli: Cli, repo: Repo) -> None:
    """What is wrong with the value besides is not said, since that would show it; nor is the name of a field."""
    schema = {"type": "object", "properties": {"api_key": {"enum": ["a"]}, "m": {"maxLength": 3}}}
    repo.write("schemas/strict.json", json.dumps(schema))
    context = f"context:\n  api_key: {TOKEN}\n  m: long text\n  {TOKEN}: 1\n"
    repo.write("assistants/a.yaml", f"graph_id: strict\nname: a\n{context}")
    ran = cli("validate", code=1)
    assert TOKEN[:12] not in ran.said
    assert "context field `m`: 'long text' has more than 3 characters" in ran.message
    assert (
        "assistants/a.yaml:6:3: the name of a field under `context` holds what looks like a GitHub token" in ran.message
    )
    assert ran.message.endswith("3 errors")


def test_nor_does_one_about_the_text_of_a_file(cli: Cli, repo: Repo) -> None:
    """A schema's complaint about the whole text would show its beginning."""
    repo.write("schemas/strict.json", json.dumps({"type": "object", "properties": {"p": {"enum": ["a"]}}}))
    repo.write("assistants/p.md", f"See\n{TOKEN}")
    repo.write("assistants/a.yaml", "graph_id: strict\nname: a\ncontext: {p: !file p.md}\n")
    ran = cli("validate", code=1)
    assert "assistants/p.md:2:1: context field `p` holds" in ran.message
    assert TOKEN[:8] not in ran.said
    assert ran.message.endswith("1 error")


def test_a_manifest_with_another_error_is_searched_too(cli: Cli, repo: Repo) -> None:
    """All errors of all files in one run."""
    repo.settings(*OPEN)
    repo.write("assistants/a.yaml", f"graph_id: plain\nnmae: a\ncontext:\n  api_key: {PASSWORD}\n")
    ran = cli("validate", code=1)
    assert "field `nmae` is not known" in ran.message
    assert "assistants/a.yaml:4:12: context field `api_key` looks like a secret" in ran.message


def test_the_lines_of_the_message_let_it_pass(cli: Cli, repo: Repo, fake: Served) -> None:
    """Pasted as they are, wherever the value stands; then it is written like any other."""
    repo.settings(*OPEN)
    plain(repo, "a", f"tools: [{{token: [{PASSWORD}]}}]")
    repo.settings(*OPEN, *pasted(cli("validate", code=1)))
    assert cli("validate", code=0).message == "1 assistant: valid"
    cli("apply", "-y", "--url", fake.url, code=0)


@pytest.mark.parametrize(
    "entry",
    [
        {"key": "b"},
        {"path": "context.api_keys"},
        {"hash": digest(PASSWORD + "x")},
    ],
    ids=lambda entry: next(iter(entry)),
)
def test_only_that_value_there_passes(cli: Cli, repo: Repo, entry: dict[str, str]) -> None:
    """Another assistant, path or value needs an entry of its own, and one that lets nothing pass is a warning."""
    plain(repo, "a", f"api_key: {PASSWORD}")
    said = {"key": "a", "path": "context.api_key", "hash": digest(PASSWORD)} | entry
    repo.settings(*OPEN, f"secrets_allowed: [{json.dumps(said)}]")
    ran = cli("validate", code=1)
    assert "assistants/a.yaml:4:12: context field `api_key` looks like a secret" in ran.message
    assert "reconciler.yaml:3:19: warning: this entry of `secrets_allowed` lets nothing pass" in ran.message
    assert ran.message.endswith("1 error, 1 warning")


def test_an_entry_for_one_deployment_is_used(cli: Cli, repo: Repo, fake: Served) -> None:
    """A value that only one deployment has makes its entry no idle one, in a plan for the other one neither."""
    entry = json.dumps({"key": "a", "path": "context.token", "hash": digest(PASSWORD)})
    deployments = f"deployments: {{one: {{url: '{fake.url}'}}, two: {{url: 'https://two.example.com'}}}}"
    repo.settings(*OPEN, f"secrets_allowed: [{entry}]", deployments)
    plain(repo, "a", "x: y")
    with (repo.root / "assistants/a.yaml").open("a") as file:
        file.write(f"overrides: {{two: {{context: {{token: {PASSWORD}}}}}}}\n")
    assert cli("validate", code=0).message == "1 assistant: valid"
    assert "secret" not in cli("plan", "-d", "one", code=0).said
    assert "secret" not in cli("validate", "-d", "one", code=0).said


@pytest.mark.parametrize("comment", ["# noqa", "# pragma: allowlist secret", "# gitleaks:allow", "# secrets_allowed"])
def test_no_comment_lets_it_pass(cli: Cli, repo: Repo, comment: str) -> None:
    """Whatever other tools understand."""
    repo.settings(*OPEN)
    plain(repo, "a", comment, f"api_key: {PASSWORD}  {comment}")
    assert "[secret]" in cli("validate", code=1).message


@given(st.text(string.ascii_letters, min_size=1, max_size=8), st.integers(0, len(PASSWORD)))
def test_any_change_of_a_value_that_was_let_pass_is_refused(more: str, at: int) -> None:
    """The hash is of the whole value; `pull` asks with the same words."""
    settings = Settings(
        owner="acme", secrets_allowed=(AllowedSecret(key="a", path="context.api_key", hash=digest(PASSWORD)),)
    )
    path = ("context", "api_key")
    assert not refused(settings, "a", path, PASSWORD)
    assert refused(settings, "a", path, PASSWORD[:at] + more + PASSWORD[at:])
    assert refused(settings, "b", path, PASSWORD)
    assert refused(settings, "a", ("context",), {"token": PASSWORD})


def test_nothing_from_the_environment_reaches_a_context(
    cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `${NAME}` in a manifest or a prompt is text, also with the prefix that expands in the settings."""
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.setenv("RECONCILER_X", "out-of-the-environment")
    text = "${HOME} $HOME ${RECONCILER_X} $RECONCILER_X %HOME% ~ $(echo x)"
    repo.write("assistants/prompts/p.md", text)
    repo.write(
        "assistants/a.yaml",
        f"graph_id: plain\nname: '{text}'\ndescription: '{text}'\nmetadata: {{team: '{text}'}}\n"
        f"config: {{tags: ['{text}']}}\ncontext:\n  a: '{text}'\n  '{text}': !file prompts/p.md\n",
    )
    repo.settings(*OPEN)
    cli("apply", "-y", "--url", fake.url, code=0)
    (stored,) = (row for row in map(fake.server.get, fake.server.ids()) if row["metadata"].get("reconciler"))
    assert stored["context"] == {"a": text, text: text}
    assert (stored["name"], stored["description"], stored["metadata"]["team"]) == (text, text, text)
    assert stored["config"]["tags"] == [text]
    assert "out-of-the-environment" not in json.dumps([fake.server.get(one) for one in fake.server.ids()])


def test_this_repositorys_own_assistants_hold_none(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none of the warnings applies to them."""
    from tests.cli.conftest import ROOT

    monkeypatch.chdir(ROOT)
    for code in ("secret", "equal-content", "prompt-unused"):
        assert f"[{code}]" not in cli("validate").said
