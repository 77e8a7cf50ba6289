"""`reconciler rollback`: which version, the question, the report, what it refuses, and what it says of git."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import Cli, Serve, Start, Terminal
from tests.cli.places import Repo, Served
from tests.cli.test_real_server import PROMPT, TWEET, Team, ask, team
from tests.fake import FakeServer, Response, default_id

__all__ = ["team"]
Open = Callable[..., Terminal]


@pytest.fixture
def twice(cli: Cli, repo: Repo, fake: Served) -> Served:
    """An assistant in two versions, each committed and applied; settings that name the server."""
    repo.deployment(fake.url)
    for prompt in ("Old.", "New."):
        repo.manifest("tweet", prompt)
        repo.commit(prompt)
        cli("apply", "-y", code=0)
    return fake


def test_the_version_before_is_live(cli: Cli, twice: Served) -> None:
    """Shown as a plan, done, read back; plan and apply leave it as it is from then on."""
    ran = cli("rollback", "tweet", "-y", code=0)
    assert "you asked for an earlier version" in ran.out
    assert "rolls back to version 1 of 20" in ran.out
    assert 'context.system_prompt: "New." -> "Old."' in ran.out
    assert "the assistant is exactly as that version says" in ran.out
    assert twice.prompt("tweet") == "Old."
    writes = len(twice.writes)
    assert "it was rolled back, and git still says what was rolled back from" in cli("plan", code=0).out
    for policy in ("overwrite", "hold", "block"):
        cli("apply", "-y", "--on-drift", policy, code=0)
    assert (len(twice.writes), twice.prompt("tweet")) == (writes, "Old.")
    cli("apply", "-y", "--on-drift", "overwrite", "tweet", code=0)
    assert twice.prompt("tweet") == "New."
    assert "No changes" in cli("plan", "--detailed-exitcode", code=0).out


def test_a_version_by_its_number(cli: Cli, repo: Repo, twice: Served) -> None:
    """KEY@N."""
    repo.manifest("tweet", "Newest.")
    cli("apply", "-y", code=0)
    cli("rollback", "tweet@1", "-y", code=0)
    assert twice.prompt("tweet") == "Old."


def test_what_is_live_already(cli: Cli, twice: Served) -> None:
    """Nothing to do: nothing is asked or written, also without a terminal."""
    writes = len(twice.writes)
    ran = cli("rollback", "tweet@2", "-y", code=0)
    assert "version 2, which is live, has that content" in " ".join(ran.out.split())
    assert "No changes. There is nothing to roll back." in ran.out
    assert len(twice.writes) == writes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "error: rollback takes one KEY, or KEY@N: one assistant at a time"),
        (["tweet", "blog"], "error: rollback takes one KEY, or KEY@N: one assistant at a time"),
        (["tweet@"], "error: tweet@: write KEY, or KEY@N with the number of a version"),
        (["tweet@one"], "error: tweet@one: write KEY, or KEY@N with the number of a version"),
        (["@1"], "error: @1: write KEY, or KEY@N with the number of a version"),
        (["twete"], "none of ours on the server did you mean `tweet`?"),
        (["tweet@7"], "error: assistant `tweet`: it has no version 7: there are 2 (20"),
        (["tweet", "--allow", "all"], "error: --allow all: there is no such guard"),
    ],
)
def test_refused(cli: Cli, twice: Served, words: list[str], said: str) -> None:
    """What is wrong, in a line; nothing is written."""
    writes = len(twice.writes)
    assert said in cli("rollback", *words, "-y", code=1).message
    assert len(twice.writes) == writes


def test_the_first_version_has_none_before(cli: Cli, repo: Repo, fake: Served) -> None:
    """It says which there are, and how one is chosen."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    said = cli("rollback", "tweet", "-y", "--url", fake.url, code=1).message
    assert "no version before 1, which is live, has other content: there are 1 (20" in said
    assert said.endswith("to choose one of them: KEY@N")


def test_not_on_the_server(cli: Cli, repo: Repo, fake: Served) -> None:
    """A manifest that was never applied."""
    repo.manifest("tweet")
    assert "assistant `tweet` is not on this server" in cli("rollback", "tweet", "-y", "--url", fake.url, code=1).err


def test_what_belongs_to_another_owner(cli: Cli, repo: Repo, twice: Served) -> None:
    """A manifest that names it does not make it ours."""
    repo.owner = "others"
    repo.deployment(twice.url)
    repo.remove("assistants/tweet.yaml")
    repo.manifest("mine", "Mine.", f"assistant_id: {twice.id('tweet')}")
    writes = len(twice.writes)
    assert "belongs to the owner 'acme', not to 'others'" in cli("rollback", "mine", "-y", code=1).err
    assert "no assistant `tweet` is managed from here" in cli("rollback", "tweet", "-y", code=1).err
    assert len(twice.writes) == writes


def test_a_copy_is_not_taken_for_it(cli: Cli, repo: Repo, twice: Served) -> None:
    """Somebody's copy carries the marker; the one that it was written for is rolled back, or none."""
    metadata = twice.live("tweet")["metadata"]
    copy = twice.server.create(graph_id="writer", name="Copy", context={"system_prompt": "Copy."}, metadata=metadata)
    twice.server.delete(twice.id("tweet"))
    repo.remove("assistants/tweet.yaml")
    assert "no assistant `tweet` is managed from here" in cli("rollback", "tweet", "-y", code=1).err
    assert twice.server.get(copy["assistant_id"])["context"] == {"system_prompt": "Copy."}


def test_without_a_manifest(cli: Cli, repo: Repo, twice: Served) -> None:
    """The marker says that it is ours; what the next prune would do is said."""
    repo.remove("assistants/tweet.yaml")
    ran = cli("rollback", "tweet", "-y", code=0)
    assert "it has no manifest here" in ran.out
    assert twice.prompt("tweet") == "Old."


def test_of_one_that_git_gives_up(cli: Cli, repo: Repo, twice: Served) -> None:
    """What the next apply does with it is said."""
    repo.write("assistants/tweet.yaml", "removed: delete\n")
    said = " ".join(cli("rollback", "tweet", "-y", code=0).out.split())
    assert "its manifest says `removed: delete`, which the next apply does" in said
    assert twice.prompt("tweet") == "Old."


def test_broken_manifests_stop_nothing(cli: Cli, repo: Repo, twice: Served) -> None:
    """At night nobody has to put right a colleague's file first; that of the assistant itself matters, and is named."""
    repo.write("assistants/blog.yaml", "graph_id: [")
    ran = cli("rollback", "tweet", "-y", code=0)
    assert "the manifests have errors, which `reconciler validate` names" in " ".join(ran.out.split())
    assert twice.prompt("tweet") == "Old."


def test_a_graph_that_is_gone(cli: Cli, repo: Repo, fake: Served) -> None:
    """An error before anything is written (docs/server.md, S12)."""
    fake.server.add_graph("older", None)
    repo.write(
        "schemas/older.json", '{"$comment": "this graph declares no context schema", "additionalProperties": true}'
    )
    for graph in ("older", "plain"):
        repo.manifest("tweet", graph=graph)
        cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.remove_graph("older")
    fake.server.delete(default_id("older"))
    writes = len(fake.writes)
    said = cli("rollback", "tweet", "-y", "--url", fake.url, code=1).message
    assert "assistant `tweet`: graph `older` is not deployed on this server" in said
    assert len(fake.writes) == writes


def test_a_default_assistant(cli: Cli, repo: Repo, fake: Served) -> None:
    """Its context goes back; its name is the server's."""
    for prompt in ("Old.", "New."):
        repo.write("assistants/all.yaml", f"graph_id: writer\ndefault: true\ncontext: {{system_prompt: {prompt}}}\n")
        cli("apply", "-y", "--url", fake.url, code=0)
    identifier = default_id("writer")
    fake.server.patch(identifier, name="Another name")
    name = fake.server.get(identifier)["name"]
    cli("rollback", "all", "-y", "--url", fake.url, code=0)
    row = fake.server.get(identifier)
    assert (row["context"], row["name"]) == ({"system_prompt": "Old."}, name)
    cli("apply", "-y", "--url", fake.url, code=0)
    assert fake.server.get(identifier)["context"] == {"system_prompt": "Old."}


def test_an_adopted_one_is_marked(cli: Cli, repo: Repo, fake: Served) -> None:
    """Nothing but a marker can say that it was rolled back, so it gets one."""
    made = fake.server.create(graph_id="writer", name="By hand", context={"system_prompt": "Old."})["assistant_id"]
    fake.server.patch(made, context={"system_prompt": "New."})
    repo.write(
        "assistants/hand.yaml",
        f"graph_id: writer\nname: By hand\nassistant_id: {made}\ncontext: {{system_prompt: New.}}\n",
    )
    ran = cli("rollback", "hand", "-y", "--url", fake.url, code=0)
    assert "made outside git" in ran.out
    assert fake.server.get(made)["context"] == {"system_prompt": "Old."}
    for policy in ("overwrite", "hold", "block"):
        cli("apply", "-y", "--on-drift", policy, "--url", fake.url, code=0)
    assert fake.server.get(made)["context"] == {"system_prompt": "Old."}


def test_a_server_of_another_deployment(cli: Cli, repo: Repo, twice: Served) -> None:
    """The guard against the wrong address stands here too, with its option."""
    repo.deployment(twice.url, name="production")
    writes = len(twice.writes)
    assert "other_deployment" in cli("rollback", "tweet", "-y", code=3).out
    assert len(twice.writes) == writes
    cli("rollback", "tweet", "-y", "--allow", "other_deployment", code=0)
    assert twice.prompt("tweet") == "Old."


def test_json_and_markdown(cli: Cli, repo: Repo, twice: Served) -> None:
    """The published schema holds, and a file is written beside."""
    ran = cli("rollback", "tweet", "-y", "--format", "json", "--format", "markdown=out.md", code=0)
    said = json.loads(ran.out)
    jsonschema.Draft202012Validator(rendered.schema()).validate(said)
    (change,) = said["changes"]
    assert (change["action"], change["reasons"], change["target_version"]) == ("activate", ["rollback"], 1)
    assert (change["outcome"], said["converged"]) == ("applied", True)
    assert [d["code"] for d in said["diagnostics"]] == ["rollback-held"]
    assert "as that version says" in (repo.root / "out.md").read_text("utf-8")


def test_without_a_terminal(repo: Repo, twice: Served, start: Start) -> None:
    """It does not wait for an answer that cannot come."""
    ran = start("rollback", "tweet").end()
    assert ran.code == 1
    assert ran.message == "error: rollback asks for a yes, and this is no terminal to roll back without asking: -y"


def test_the_question(repo: Repo, twice: Served, terminal: Open) -> None:
    """Only `yes` is a yes."""
    for answer, prompt, code in (("no\n", "New.", 1), ("yes\n", "Old.", 0)):
        shown = terminal("rollback", "tweet")
        shown.until("Only 'yes' applies it")
        assert f"Apply this to staging ({twice.url})?" in shown.shown
        shown.type(answer)
        assert shown.end() == code
        assert twice.prompt("tweet") == prompt


def test_what_moved_while_the_question_stood(repo: Repo, twice: Served, terminal: Open) -> None:
    """It is not written, and the code is 4."""
    shown = terminal("rollback", "tweet")
    shown.until("Only 'yes' applies it")
    twice.server.patch(twice.id("tweet"), context={"system_prompt": "By hand."})
    shown.type("yes\n")
    assert shown.end() == 4
    assert "run rollback again" in shown.shown
    assert twice.prompt("tweet") == "By hand."


@pytest.mark.parametrize("lost", [False, True], ids=["done", "not done"])
def test_interrupted(repo: Repo, cli: Cli, start: Start, serve: Serve, lost: bool) -> None:
    """What was sent is waited for: it was done by then, or it says what to do."""

    class Gated(FakeServer):
        gate, arrived = threading.Event(), threading.Event()

        def handle(self, method: str, path: str, headers: Any, body: bytes) -> Any:
            if path.endswith("/latest"):
                self.arrived.set()
                self.gate.wait(20)
                if lost:
                    return Response(502, {}, b"")
            return super().handle(method, path, headers, body)

    server = Gated()
    served = serve(server)
    for prompt in ("Old.", "New."):
        repo.manifest("tweet", prompt)
        cli("apply", "-y", "--url", served.url, code=0)
    process = start("rollback", "tweet", "-y", "--url", served.url)
    assert server.arrived.wait(20)
    process.popen.send_signal(signal.SIGINT)
    server.gate.set()
    ran = process.end()
    assert ran.code == (6 if lost else 5)
    said = " ".join(ran.out.split())
    assert ("Interrupted, but it was done by then." in said) is not lost
    assert ("Run rollback again: an apply would undo the half of it." in said) is lost
    assert served.prompt("tweet") == ("New." if lost else "Old.")


def test_one_that_stopped_half_way_is_finished(cli: Cli, twice: Served) -> None:
    """Interrupted between set-latest and the repair: the same command again makes it whole."""
    twice.server.set_latest(twice.id("tweet"), 1)
    assert (twice.live("tweet")["version"], twice.prompt("tweet")) == (1, "New.")
    cli("rollback", "tweet", "-y", code=0)
    assert twice.prompt("tweet") == "Old."
    cli("apply", "-y", code=0)
    assert twice.prompt("tweet") == "Old."


# -- what git is told --


def test_the_commit_to_revert(cli: Cli, repo: Repo, twice: Served) -> None:
    """The one that changed the manifest, not the newest; reverting it is all that git needs."""
    changed = repo.git("rev-parse", "HEAD")
    repo.commit("something else")
    ran = cli("rollback", "tweet", "-y", code=0)
    assert f"      git revert {changed[:12]}\n" in ran.out
    assert "      reconciler pull -d staging tweet@1\n" in ran.out
    repo.git("revert", "--no-edit", changed)
    writes = len(twice.writes)
    assert "No changes" in cli("apply", "-y", code=0).out
    assert len(twice.writes) == writes


def test_a_merge_is_reverted_as_one(cli: Cli, repo: Repo, fake: Served) -> None:
    """`-m 1`, without which git refuses to revert it."""
    repo.deployment(fake.url)
    repo.manifest("tweet", "Old.")
    repo.commit()
    cli("apply", "-y", code=0)
    repo.git("switch", "-q", "-c", "topic")
    repo.manifest("tweet", "New.")
    repo.commit()
    repo.git("switch", "-q", "main")
    repo.commit("something else")
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b", "merge", "-q", "--no-ff", "-m", "merge", "topic"],
        cwd=repo.root,
        check=True,
    )
    cli("apply", "-y", code=0)
    merge = repo.git("rev-parse", "HEAD")
    assert f"      git revert -m 1 {merge[:12]}\n" in cli("rollback", "tweet", "-y", code=0).out


def test_the_version_is_pulled(cli: Cli, repo: Repo, twice: Served) -> None:
    """The line that it says, pasted: git says what is live, and nothing is left to write."""
    said = cli("rollback", "tweet", "-y", code=0).out
    (line,) = [line.split() for line in said.partition("[1/1]")[0].splitlines() if "reconciler pull" in line][:1]
    cli(*line[1:], code=0)
    repo.commit("Back")
    writes = len(twice.writes)
    assert "No changes" in cli("apply", "-y", code=0).out
    assert (len(twice.writes), twice.prompt("tweet")) == (writes, "Old.")


def test_no_revert_to_what_was_made_outside_git(cli: Cli, repo: Repo, twice: Served) -> None:
    """No commit says it: the version is pulled instead."""
    twice.server.patch(twice.id("tweet"), context={"system_prompt": "By hand."})
    repo.manifest("tweet", "Newest.")
    repo.commit()
    cli("apply", "-y", code=0)
    ran = cli("rollback", "tweet", "-y", code=0)
    assert "made outside git" in ran.out
    assert "git revert" not in ran.out
    assert "      reconciler pull -d staging tweet@3\n" in ran.out
    assert twice.prompt("tweet") == "By hand."


def test_names_from_the_server_steer_no_terminal(cli: Cli, repo: Repo, serve: Serve) -> None:
    """A date that is none, and control characters in a version, reach nobody as such."""

    class Odd(FakeServer):
        def handle(self, method: str, path: str, headers: Any, body: bytes) -> Any:
            answer = super().handle(method, path, headers, body)
            if path.endswith("/versions"):
                rows = json.loads(answer.body)
                for row in rows:
                    row["created_at"] = "\x1b[31mnow"
                return type(answer)(answer.status, answer.headers, json.dumps(rows).encode())
            return answer

    served = serve(Odd())
    repo.manifest("tweet", "Old.")
    cli("apply", "-y", "--url", served.url, code=0)
    served.server.patch(served.id("tweet"), context={"system_prompt": "\x9b31mred\x1b[2J"})
    repo.manifest("tweet", "New.")
    cli("apply", "-y", "--url", served.url, code=0)
    said = cli("rollback", "tweet", "-y", "--url", served.url, code=0).said
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert "rolls back to version 2, made outside git\n" in said


# -- the real server --


def _answer(team: Team) -> str:
    """What a run of the assistant says."""
    found = team.mine()[TWEET]["assistant_id"]
    question = {"messages": [{"role": "user", "content": "A tent"}]}
    status, content = ask(team.url, "POST", "/runs/wait", {"assistant_id": found, "input": question})
    assert status == 200
    answer: str = json.loads(content)["answer"]
    return answer


def test_a_run_answers_with_the_old_prompt(cli: Cli, team: Team) -> None:
    """On the real server, where set-latest alone leaves the run with the new one; and it stays so until git agrees."""
    prompt = team.repo.root / PROMPT
    cli("apply", "-y", "--url", team.url, code=0)
    before = _answer(team)
    prompt.write_text("Sell harder.\n" + prompt.read_text("utf-8"), encoding="utf-8")
    team.repo.commit("Sell")
    cli("apply", "-y", "--url", team.url, code=0)
    assert _answer(team) != before
    ask(team.url, "POST", f"/assistants/{team.mine()[TWEET]['assistant_id']}/latest", {"version": 1})
    assert _answer(team) != before, "set-latest alone would be enough"
    cli("apply", "-y", "--url", team.url, code=0)
    ran = cli("rollback", f"{TWEET}@1", "-y", "--url", team.url, "--format", "json", code=0)
    (change,) = json.loads(ran.out)["changes"]
    assert change["by"] == "set-latest, then PATCH"
    assert _answer(team) == before
    held = team.mine()[TWEET]["version"]

    # The next merge of something else, a push of two commits, a re-run: all under every policy.
    team.repo.manifest("other", "Write.")
    team.repo.commit("another assistant")
    cli("apply", "-y", "--url", team.url, code=0)
    for name in ("one", "two"):
        team.repo.commit(name)
    for policy in ("overwrite", "hold", "block", "overwrite"):
        cli("apply", "-y", "--url", team.url, "--on-drift", policy, code=0)
    assert (_answer(team), team.mine()[TWEET]["version"]) == (before, held)

    # Git agrees: in step, and no version is made.
    prompt.write_text(prompt.read_text("utf-8").removeprefix("Sell harder.\n"), encoding="utf-8")
    team.repo.commit("Back")
    assert "No changes" in cli("apply", "-y", "--url", team.url, "--on-drift", "hold", code=0).out
    assert team.mine()[TWEET]["version"] == held

    # What git says after that is an ordinary change.
    prompt.write_text("Be kind.\n", encoding="utf-8")
    team.repo.commit("Kind")
    cli("apply", "-y", "--url", team.url, "--on-drift", "hold", code=0)
    assert _answer(team) not in (before,)
    assert team.mine()[TWEET]["version"] == held + 1


def test_ended_on_the_real_server(cli: Cli, team: Team) -> None:
    """Git says something new: held by name or overwritten, as the policy says; and a key can be named to end it."""
    prompt = team.repo.root / PROMPT
    cli("apply", "-y", "--url", team.url, code=0)
    for text in ("Second.\n", "Third.\n"):
        prompt.write_text(text, encoding="utf-8")
        team.repo.commit(text)
        cli("apply", "-y", "--url", team.url, code=0)
    cli("rollback", TWEET, "-y", "--url", team.url, code=0)
    assert team.mine()[TWEET]["context"]["system_prompt"] == "Second.\n"
    cli("apply", "-y", "--url", team.url, "--on-drift", "overwrite", TWEET, code=0)
    assert team.mine()[TWEET]["context"]["system_prompt"] == "Third.\n"
    cli("rollback", TWEET, "-y", "--url", team.url, code=0)
    prompt.write_text("Fourth.\n", encoding="utf-8")
    team.repo.commit("fourth")
    cli("apply", "-y", "--url", team.url, "--on-drift", "hold", code=5)
    assert "applying this ends the rollback" in " ".join(cli("plan", "--url", team.url, code=0).out.split())
    cli("apply", "-y", "--url", team.url, "--on-drift", "overwrite", code=0)
    assert team.mine()[TWEET]["context"]["system_prompt"] == "Fourth.\n"


def test_metadata_of_others_on_the_real_server(cli: Cli, team: Team) -> None:
    """What somebody else keeps on the assistant is as it was, and so is what git says of the others."""
    prompt = team.repo.root / PROMPT
    cli("apply", "-y", "--url", team.url, code=0)
    prompt.write_text("Second.\n", encoding="utf-8")
    team.repo.commit("second")
    cli("apply", "-y", "--url", team.url, code=0)
    identifier = team.mine()[TWEET]["assistant_id"]
    mark = str(uuid.uuid4())
    ask(team.url, "PATCH", f"/assistants/{identifier}", {"metadata": {"reviewed": mark}})
    before = {key: row for key, row in team.mine().items() if key != TWEET}
    cli("rollback", f"{TWEET}@1", "-y", "--url", team.url, code=0)
    assert team.mine()[TWEET]["metadata"]["reviewed"] == mark
    assert {key: row for key, row in team.mine().items() if key != TWEET} == before
    assert "Besides: 1 left as it is" in cli("plan", "--url", team.url, code=0).out
