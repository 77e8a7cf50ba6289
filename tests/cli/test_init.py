"""`init`: a folder becomes a repository of assistants. It overwrites nothing, and says all that it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import ROOT, Cli, Serve
from tests.cli.places import ANA, Served
from tests.fake import GRAPHS, KEYS, PROJECT_ID, TENANT_ID, FakeServer, Traits

TOOL = "assistants-reconciler @ git+https://git.example.com/tools/reconciler.git@" + "0123456789" * 4
AROUND = [
    ".vscode/extensions.json",
    ".vscode/settings.json",
    ".gitattributes",
    ".github/CODEOWNERS",
    ".pre-commit-config.yaml",
]
EXAMPLE = [
    "schemas/agent.json",
    "assistants/agent/prompts/release-notes.md",
    "assistants/agent/release-notes.yaml",
    "assistants/agent/release-notes.tries.yaml",
]
WORKFLOWS = [f".github/workflows/assistants-{name}.yml" for name in ("apply", "drift", "plan", "rollback")]
PLAN = ".github/workflows/assistants-plan.yml"
EDITOR = ("schemas/editor/assistant.json", "schemas/editor/tries.json")


class Folder:
    """An empty folder, and the working folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, env={**os.environ, **ANA}, check=True, capture_output=True)

    def clone_of(self, address: str) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", address)

    def files(self) -> dict[str, bytes]:
        found = sorted(path for path in self.root.rglob("*") if path.is_file())
        names = ((path.relative_to(self.root).as_posix(), path) for path in found)
        return {name: path.read_bytes() for name, path in names if not name.startswith(".git/")}

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def yaml(self, path: str) -> Any:
        return yaml.safe_load(self.read(path))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = Folder(tmp_path / "Acme Agents")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def by_hand(serve: Serve) -> Served:
    """A server with two assistants that somebody made in Studio."""
    served = serve()
    make_two(served.server)
    return served


def make_two(server: FakeServer) -> None:
    prompt = "You write posts.\nNever use a hashtag.\n"
    server.create(graph_id="writer", name="Tweet writer", description="Short posts", context={"system_prompt": prompt})
    server.create(graph_id="plain", name="Echo", context={"mode": "loud"}, metadata={"team": "social"})


def told(said: str, word: str) -> list[str]:
    """The files after that word, in the order in which they were told."""
    return [line[8:] for line in said.splitlines() if line.startswith(f"{word:8}")]


def test_without_a_server(cli: Cli, folder: Folder, fake: Served) -> None:
    """A small example that validates, and that plan would create; every file is named as it is written."""
    ran = cli("init", "--tool", TOOL, code=0)
    written = told(ran.err, "new")
    assert sorted(path for path in written if path not in EDITOR) == sorted(
        ["reconciler.yaml", *EXAMPLE, *AROUND, *WORKFLOWS]
    )
    assert sorted(written) == sorted(folder.files())
    assert cli("validate", code=0).err == "1 assistant: valid\nreconciler: done\n"
    fake.server.add_graph("agent", {"type": "object"})
    assert "Plan: 1 to create" in cli("plan", "--url", fake.url, code=0).out


def test_manifests_that_are_there(cli: Cli, folder: Folder) -> None:
    """A folder with assistants of its own gets no example beside them."""
    (folder.root / "assistants").mkdir()
    (folder.root / "assistants" / "a.yaml").write_text("graph_id: writer\nname: A\n")
    cli("init", code=0)
    assert not any(path in folder.files() for path in EXAMPLE)


def test_what_plan_needs_is_in_git(cli: Cli, folder: Folder, fake: Served, tmp_path: Path, monkeypatch: Any) -> None:
    """A clone of what was committed plans, also where there is no assistant yet."""
    folder.clone_of("git@github.com:acme/agents.git")
    cli("init", "--url", fake.url, code=0)
    folder.git("add", "--all")
    folder.git("commit", "--quiet", "--message", "as it is")
    folder.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert "No changes" in cli("plan", code=0).out


def test_twice(cli: Cli, folder: Folder) -> None:
    """The second time says what is there, and writes nothing."""
    cli("init", "--tool", TOOL, code=0)
    before = folder.files()
    ran = cli("init", "--tool", TOOL, code=0)
    assert sorted(told(ran.err, "there")) == sorted(before)
    assert told(ran.err, "new") == []
    assert "all of it is there: nothing was written" in ran.err
    assert folder.files() == before


def test_it_overwrites_nothing(cli: Cli, folder: Folder) -> None:
    """A file that is there stays byte for byte, is named, and what it lacks is shown."""
    cli("init", "--tool", TOOL, code=0)
    mine = [path for path in folder.files() if path not in (*EXAMPLE, "reconciler.yaml", *EDITOR)]
    for path in mine:
        (folder.root / path).write_bytes(b"# mine\n")
    (folder.root / "reconciler.yaml").write_bytes(b"owner: mine\n")
    before = folder.files()
    ran = cli("init", "--tool", TOOL, code=0)
    assert folder.files() == before
    assert sorted(told(ran.err, "there")) == sorted(before)
    for line in ("assistants/** text eol=lf", "# /reconciler.yaml @someone", "- id: reconciler-validate"):
        assert f"          {line}" in ran.err or f"              {line}" in ran.err
    assert '          "yaml.schemas": {' in ran.err


def test_a_broken_link_is_a_file_that_is_there(cli: Cli, folder: Folder, tmp_path: Path) -> None:
    """Nothing is written through it."""
    (folder.root / ".gitattributes").symlink_to(tmp_path / "elsewhere")
    ran = cli("init", code=0)
    assert ".gitattributes" in told(ran.err, "there")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["assistants", ".vscode", "schemas"])
def test_a_link_that_leads_out(cli: Cli, folder: Folder, by_hand: Served, tmp_path: Path, name: str) -> None:
    """Nothing is written outside the repository; what was written before is said to stay."""
    (tmp_path / "outside").mkdir()
    (folder.root / name).symlink_to(tmp_path / "outside")
    ran = cli("init", "--url", by_hand.url, code=1)
    assert list((tmp_path / "outside").iterdir()) == []
    assert "reconciler.yaml" in told(ran.err, "new")
    assert "a link leads" in ran.err
    assert "`reconciler init` again goes on from there" in ran.err


def test_from_nothing_to_no_changes(cli: Cli, folder: Folder, by_hand: Served) -> None:
    """Schemas and assistants are in git as they are live, and the plan says so, now and ever after."""
    ran = cli("init", "--url", by_hand.url, "--tool", TOOL, code=0)
    assert "No changes. 2 assistants are as git says" in ran.out
    files = folder.files()
    assert {f"schemas/{graph}.json" for graph in GRAPHS} <= set(files)
    assert not any(path in files for path in EXAMPLE)
    prompts = [content for path, content in files.items() if "/prompts/" in path]
    assert prompts == [b"You write posts.\nNever use a hashtag.\n"]
    assert "No changes" in cli("plan", "--detailed-exitcode", code=0).out
    assert by_hand.writes == []


def test_carriage_returns_survive_git(cli: Cli, folder: Folder, serve: Serve, tmp_path: Path, monkeypatch: Any) -> None:
    """A prompt that has them live has them in a fresh clone too, for all that line endings are the same elsewhere."""
    served = serve()
    served.server.create(graph_id="writer", name="Windows", context={"system_prompt": "One.\r\nTwo.\r\n"})
    folder.clone_of("git@github.com:acme/agents.git")
    cli("init", "--url", served.url, code=0)
    folder.git("add", "--all")
    folder.git("commit", "--quiet", "--message", "as it is")
    folder.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert "No changes. 1 assistant is as git says" in cli("plan", code=0).out


def test_no_import(cli: Cli, folder: Folder, by_hand: Served) -> None:
    """The server's assistants stay out of git, a note says how many, and plan works with none."""
    ran = cli("init", "--url", by_hand.url, "--no-import", code=0)
    assert "2 of the server's assistants stay out of git" in ran.err
    assert folder.files()["assistants/.gitkeep"] == b""
    assert "No changes" in ran.out


def test_import_later(cli: Cli, folder: Folder, by_hand: Served) -> None:
    """With settings that are there, `-d` names the server, and what is missing is added."""
    cli("init", "--url", by_hand.url, "--no-import", code=0)
    ran = cli("init", "-d", "local", "--import", code=0)
    assert len([path for path in told(ran.err, "new") if path.startswith("assistants/")]) == 3
    assert "No changes. 2 assistants are as git says" in ran.out


def test_a_second_deployment(cli: Cli, folder: Folder, by_hand: Served, serve: Serve) -> None:
    """Its assistants belong into the manifests that are there: those stay as they are, and a note says how to go on."""
    cli("init", "--url", by_hand.url, "-d", "one", code=0)
    settings = folder.root / "reconciler.yaml"
    other = serve(FakeServer(Traits(), graphs=dict(GRAPHS), seed=1))
    make_two(other.server)
    settings.write_text(
        settings.read_text("utf-8").replace("  one:", f"  two:\n    url: {other.url}\n  one:"), encoding="utf-8"
    )
    before = folder.files()
    ran = cli("init", "-d", "two", "--import")
    assert "2 of the server's assistants stay out of git" in ran.err
    assert "`reconciler import -d two` takes them" in ran.err
    assert {path: content for path, content in folder.files().items() if path in before} == before


def test_what_the_server_says_of_itself(cli: Cli, folder: Folder, serve: Serve) -> None:
    """`expect` holds the ids that the server says, and another server at that address is an error then."""
    served = serve(host_ids="set")
    cli("init", "--url", served.url, "-d", "staging", code=0)
    listed = folder.yaml("reconciler.yaml")["deployments"]["staging"]
    assert listed == {"url": served.url, "expect": {"project_id": PROJECT_ID, "tenant_id": TENANT_ID}}
    settings = folder.root / "reconciler.yaml"
    settings.write_text(settings.read_text("utf-8").replace(PROJECT_ID, "another"), "utf-8")
    assert "is not the server that the settings expect" in cli("plan", code=1).err


def test_a_server_without_ids(cli: Cli, folder: Folder, fake: Served) -> None:
    """Nothing is expected of a server that says null."""
    cli("init", "--url", fake.url, code=0)
    assert folder.yaml("reconciler.yaml")["deployments"] == {"local": {"url": fake.url}}


def test_keys_go_to_the_address_given(cli: Cli, folder: Folder, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `init` it is the deployment's own; without a key nothing is written, and the error says that none was sent."""
    served = serve(api_key="401")
    ran = cli("init", "--url", served.url, code=1)
    assert "none of `RECONCILER_API_KEY`" in ran.err
    assert folder.files() == {}
    monkeypatch.setenv("LANGSMITH_API_KEY", next(iter(KEYS)))
    assert "No changes" in cli("init", "--url", served.url, code=0).out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x", "must be an address"),
        ("https://user:pw@x", "holds credentials"),
        ("https://x/${RECONCILER_X}", "has a variable in it"),
        ("nonsense", "must be an address"),
        ("http://agents.example.com", "allow_http: true"),
    ],
)
def test_an_address_that_cannot_be(cli: Cli, folder: Folder, url: str, said: str) -> None:
    """It is an error before anything is asked or written, and what may be a password is not repeated."""
    ran = cli("init", "--url", url, code=1)
    assert said in ran.err
    assert "pw" not in ran.err
    assert folder.files() == {}


def test_a_server_that_the_environment_names(cli: Cli, folder: Folder, by_hand: Served, monkeypatch: Any) -> None:
    """Where nobody can be asked it is named and not asked; with `-y` it is used."""
    monkeypatch.setenv("RECONCILER_URL", by_hand.url)
    ran = cli("init", code=0)
    assert f"note: RECONCILER_URL names a server, {by_hand.url}. To begin with it: --url {by_hand.url}" in ran.err
    assert by_hand.server.log == []
    for path in sorted(folder.files()):
        (folder.root / path).unlink()
    monkeypatch.setenv("RECONCILER_URL", by_hand.url)
    assert "2 assistants are as git says" in cli("init", "-y", code=0).out


def test_questions(folder: Folder, by_hand: Served, terminal: Callable[..., Any]) -> None:
    """On a terminal the server, the owner and the assistants are asked for, each with what is proposed."""
    shown = terminal("init", "-C", folder.root, environ={"RECONCILER_URL": by_hand.url})
    shown.until("Use it? [Y/n]")
    shown.type("\n")
    shown.until("[acme-agents]")
    shown.type("not a name\n")
    shown.until("starts with a letter or digit")
    shown.type("acme-writers\n")
    shown.until("as live? [Y/n]")
    assert "Tweet writer (writer)" in shown.shown
    shown.type("n\n")
    assert shown.end() == 0
    assert folder.yaml("reconciler.yaml")["owner"] == "acme-writers"
    assert not list((folder.root / "assistants").rglob("*.yaml"))


def test_leaving_a_question(folder: Folder, by_hand: Served, terminal: Callable[..., Any]) -> None:
    """Ctrl-C before anything was decided leaves the folder as it was."""
    shown = terminal("init", "-C", folder.root, environ={"RECONCILER_URL": by_hand.url})
    shown.until("Use it? [Y/n]")
    shown.press("\x03", until="interrupted")
    assert shown.end() == 5
    assert folder.files() == {}


@pytest.mark.parametrize(
    ("address", "owner", "reviewer"),
    [
        ("git@github.com:Acme/agents.git", "acme-agents", "@Acme"),
        ("https://s3cr3t@github.com/acme/my_agents", "acme-my_agents", "@acme"),
        ("https://gitlab.acme.example/team/sub/agents.git", "team-sub-agents", "@team/sub"),
    ],
)
def test_from_the_remote(cli: Cli, folder: Folder, address: str, owner: str, reviewer: str) -> None:
    """Owner, reviewers and the kind of workflows follow from where the repository is kept."""
    folder.clone_of(address)
    cli("init", code=0)
    assert folder.yaml("reconciler.yaml")["owner"] == owner
    files = folder.files()
    gitlab = "gitlab" in address
    owners = files[".gitlab/CODEOWNERS" if gitlab else ".github/CODEOWNERS"].decode()
    assert f"\n/reconciler.yaml {reviewer}\n" in owners
    assert (PLAN in files) is not gitlab
    assert (".gitlab-ci.yml" in files) is gitlab
    assert not any(b"s3cr3t" in content for content in files.values())


def test_a_remote_elsewhere(cli: Cli, folder: Folder) -> None:
    """A host that is neither gets no workflows, and a note says how to get some."""
    folder.clone_of("https://git.example.com/acme/agents")
    assert "git.example.com is neither GitHub nor GitLab" in cli("init", code=0).err
    assert not any("workflows" in path or "CODEOWNERS" in path for path in folder.files())
    assert set(WORKFLOWS) <= set(told(cli("init", "--ci", "github", code=0).err, "new"))


def test_what_ci_reaches(cli: Cli, folder: Folder) -> None:
    """The workflows are about every deployment of the settings but those at an address of one machine; the variables of
    those that it reaches are secrets, and a note names the environments and the check to require."""
    folder.clone_of("git@github.com:acme/agents.git")
    (folder.root / "reconciler.yaml").write_text(
        "owner: acme\ndeployments:\n  box: {url: 'http://localhost:2024'}\n"
        "  staging: {url: 'https://staging.example', api_key_env: STAGING_API_KEY}\n"
        "  live: {url: 'https://live.example', api_key_env: LIVE_API_KEY}\n"
    )
    ran = cli("init", "--tool", TOOL.replace("git.example.com", "github.com"), code=0)
    files = folder.files()
    for path in WORKFLOWS:
        text = files[path].decode()
        assert "uses: tools/reconciler/.github/actions/reconcile@" + "0123456789" * 4 in text
        assert ("except: box" in text) is ("rollback" not in path)
        assert text.count("STAGING_API_KEY: ${{ secrets.STAGING_API_KEY }}\n") == text.count("secrets.LIVE_API_KEY") > 0
    assert "note: CI needs the environments `staging-plan` and `staging` of the repository" in ran.err
    assert "note: CI needs the environments `live-plan` and `live` of the repository, each with LIVE_API_KEY" in ran.err
    assert "`box" not in ran.err
    assert "note: `Verdict` is the check to require" in ran.err


def test_where_the_tool_comes_from_is_not_known(cli: Cli, folder: Folder) -> None:
    """The workflows name an action that nobody can have, and a note says what to put there."""
    folder.clone_of("git@github.com:acme/agents.git")
    ran = cli("init", "--tool", TOOL, code=0)
    assert b"uses: OWNER.FILL.IN/REPOSITORY/.github/actions/reconcile@COMMIT\n" in folder.files()[PLAN]
    assert "note: CI has to know where this tool comes from" in ran.err


@pytest.mark.parametrize("there", ["CODEOWNERS", "docs/CODEOWNERS"])
def test_owners_elsewhere(cli: Cli, folder: Folder, there: str) -> None:
    """A CODEOWNERS that would be hidden by another one counts as there."""
    (folder.root / there).parent.mkdir(exist_ok=True)
    (folder.root / there).write_text("* @everyone\n")
    ran = cli("init", code=0)
    assert there in told(ran.err, "there")
    assert ".github/CODEOWNERS" not in folder.files()


def test_a_folder_of_a_repository(cli: Cli, folder: Folder) -> None:
    """Workflows go to the top of the repository and name the folder; it is part of the owner."""
    folder.clone_of("git@github.com:acme/agents.git")
    (folder.root / "gitops").mkdir()
    cli("init", "-C", "gitops", code=0)
    files = folder.files()
    assert folder.yaml("gitops/reconciler.yaml")["owner"] == "acme-agents-gitops"
    assert b'          directory: "gitops"\n' in files[PLAN]
    assert b'args: [-C, "gitops"]' in files[".pre-commit-config.yaml"]
    assert b"/gitops/reconciler.yaml @acme" in files[".github/CODEOWNERS"]
    assert {"gitops/.vscode/settings.json", "gitops/.gitattributes"} <= set(files)
    assert list(json.loads(files[".vscode/settings.json"])["yaml.schemas"]) == [f"gitops/{path}" for path in EDITOR]
    assert not any(path.startswith(("assistants/", "schemas/")) for path in files)


def test_a_folders_name_that_means_something(cli: Cli, folder: Folder) -> None:
    """It does not get into a workflow: none is written, and a note says why."""
    folder.clone_of("git@github.com:acme/agents.git")
    (folder.root / "a; rm -rf $HOME").mkdir()
    ran = cli("init", "-C", "a; rm -rf $HOME", code=0)
    assert "cannot stand in a workflow" in ran.err
    assert PLAN not in folder.files()


def test_inside_another_repository_of_assistants(cli: Cli, folder: Folder) -> None:
    """It is refused, with the command that was most likely meant."""
    cli("init", code=0)
    before = folder.files()
    (folder.root / "assistants" / "new").mkdir()
    ran = cli("init", "-C", "assistants/new", code=1)
    assert "cannot lie in another" in ran.err
    assert folder.files() == before


def test_settings_that_are_there_decide(cli: Cli, folder: Folder, fake: Served, serve: Serve) -> None:
    """A server that they do not list is not used: `init` changes no settings, and no key goes there."""
    (folder.root / "reconciler.yaml").write_text(f"owner: mine\ndeployments: {{live: {{url: '{fake.url}'}}}}\n")
    other = serve()
    ran = cli("init", "--url", other.url, code=1)
    assert "lists no deployment at that address" in ran.err
    assert other.server.log == []
    assert cli("init", "--url", fake.url + "/", code=0).out.startswith("Deployment live at ")
    assert "lists no deployment `liv`" in cli("init", "-d", "liv", code=1).err


@pytest.mark.parametrize("owner", ["", "-x", "a b", "x" * 101])
def test_an_owner_that_cannot_be(cli: Cli, folder: Folder, owner: str) -> None:
    """It is an error before anything is written."""
    cli("init", "--owner", owner, code=1)
    assert folder.files() == {}


def test_a_name_that_gives_no_owner(cli: Cli, tmp_path: Path) -> None:
    """A folder without a letter or digit of the grammar: somebody has to say one."""
    made = Folder(tmp_path / "日本")
    assert "--owner NAME" in cli("init", "-C", made.root, code=1).err
    cli("init", "-C", made.root, "--owner", "nihon", code=0)
    assert made.yaml("reconciler.yaml")["owner"] == "nihon"


def test_an_owner_that_is_taken(cli: Cli, folder: Folder, fake: Served) -> None:
    """A note says how many assistants that owner manages on the server already."""
    cli("init", "--url", fake.url, "--owner", "acme", code=0)
    path = folder.root / "assistants" / "tweet.yaml"
    path.write_text("graph_id: writer\nname: Tweet\n")
    cli("apply", "-y", code=0)
    (folder.root / "reconciler.yaml").unlink()
    ran = cli("init", "--url", fake.url, "--owner", "acme", code=0)
    assert "`acme` manages 1 assistant there already" in ran.err


def test_hostile_names(cli: Cli, folder: Folder, serve: Serve, tmp_path: Path) -> None:
    """What a server says never leaves the repository as a file, nor steers a terminal."""
    graphs = {"../../escape": {"type": "object"}, "a\x1b[31mb": {"type": "object"}, "fine": {"type": "object"}}
    served = serve(FakeServer(Traits(), graphs=graphs))
    served.server.create(graph_id="fine", name="../../../x\x1b]0;t\x07\n::set-env::")
    ran = cli("init", "--url", served.url)
    assert "\x1b" not in ran.said
    assert "\x07" not in ran.said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Acme Agents"]
    assert "schemas/fine.json" in folder.files()
    assert all("escape" not in path for path in folder.files())


def test_a_server_that_is_down(cli: Cli, folder: Folder) -> None:
    """Nothing is written."""
    ran = cli("init", "--url", "http://127.0.0.1:9", code=1)
    assert told(ran.err, "new") == []
    assert folder.files() == {}


@pytest.mark.parametrize("spec", ["$(id)", "`id`", '"', "${{ secrets.X }}", "-r x", "a\nb"])
def test_a_tool_that_means_something_else(cli: Cli, folder: Folder, spec: str) -> None:
    """What pip is to install gets into workflows only where it can be nothing else."""
    assert "--tool is what pip installs" in cli("init", "--tool", spec, code=1).err
    assert folder.files() == {}


def test_the_next_step_works(cli: Cli, folder: Folder) -> None:
    """The plan that the example proposes, on a server of its own, says what apply would create."""
    cli("init", code=0)
    command = [sys.executable, "-m", "reconciler", "sandbox", "--", sys.executable, "-m", "reconciler", "plan"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"create agent/release-notes" in done.stdout
