"""Warnings of `validate` and `plan`: placeholders lost and new, equal contents, prompts that nothing uses."""

from __future__ import annotations

import os

from tests.cli.conftest import Cli, Ran
from tests.cli.places import Repo, Served

LOST = "context field `system_prompt` has no `{name}` any more, which"
NEW = "context field `system_prompt` has `{{topic}}`, which"


def prompt(repo: Repo, text: str, key: str = "tweet") -> None:
    """An assistant with its prompt in a file."""
    repo.write(f"assistants/prompts/{key}.md", text)
    repo.write(
        f"assistants/{key}.yaml", f"graph_id: writer\nname: {key}\ncontext:\n  system_prompt: !file prompts/{key}.md\n"
    )


def codes(ran: Ran) -> list[str]:
    """The codes of the diagnostics that a run printed, in their order."""
    return [line.rpartition("[")[2].rstrip("]") for line in ran.err.splitlines() if line.endswith("]")]


def test_plan_compares_with_what_is_live(cli: Cli, repo: Repo, fake: Served) -> None:
    """A plan's warnings, which change neither what it does nor its exit code; apply shows them too."""
    prompt(repo, "You are {name}.\n")
    cli("apply", "-y", "--url", fake.url, code=0)
    prompt(repo, "You are nobody.\n\nWrite on {{ topic }}.\n")
    ran = cli("plan", "--url", fake.url, "-v", code=0)
    said = " ".join(ran.said.split())
    assert f"assistants/prompts/tweet.md:1:1: warning: {LOST} the live version has [placeholder-lost]" in said
    assert f"assistants/prompts/tweet.md:3:10: warning: {NEW} the live version does not have [placeholder-new]" in said
    assert "placeholder-lost" in cli("apply", "-y", "--url", fake.url, code=0).said
    assert "placeholder" not in cli("plan", "--url", fake.url, "-v", code=0).said


def test_plan_is_silent_where_others_own_the_field(cli: Cli, repo: Repo, fake: Served) -> None:
    """What `ignore` leaves to others is sent back as it is."""
    repo.manifest("tweet", "You are {name}.")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("tweet", "You are nobody.", "ignore: [context.system_prompt]", "description: new")
    assert "placeholder" not in cli("plan", "--url", fake.url, "-v", code=0).said


def test_validate_compares_the_work_tree_with_head(cli: Cli, repo: Repo) -> None:
    """Where something was changed and not committed; with --strict that is an error."""
    prompt(repo, "You are {name}.\n")
    prompt(repo, "Stay as you are, {name}.\n", "other")
    head = repo.commit()
    assert codes(cli("validate", code=0)) == []
    prompt(repo, "Write on {{topic}}.\n")
    ran = cli("validate", code=0)
    assert codes(ran) == ["placeholder-lost", "placeholder-new"]
    assert f"{LOST} commit {head[:12]} has" in ran.message
    assert f"assistants/prompts/tweet.md:1:10: warning: {NEW} commit {head[:12]} does not have" in ran.message
    cli("validate", "--strict", code=1)


def test_validate_compares_head_with_the_commit_before(cli: Cli, repo: Repo) -> None:
    """Where all is committed, as in CI: against HEAD's first parent, and no further back."""
    prompt(repo, "You are {name}.\n")
    first = repo.commit()
    prompt(repo, "You are nobody.\n")
    repo.commit()
    assert f"{LOST} commit {first[:12]} has" in cli("validate", code=0).message
    os.utime(repo.root / "assistants/prompts/tweet.md", (0, 0))  # as after a checkout of somebody else's
    assert f"{LOST} commit {first[:12]} has" in cli("validate", code=0).message
    repo.write("assistants/notes.yaml", "graph_id: plain\nname: n\n")
    repo.commit()
    assert "placeholder-lost" not in codes(cli("validate", code=0))


def test_a_plan_without_a_server_compares_with_its_base(cli: Cli, repo: Repo) -> None:
    """However many commits lie between, and only those that it is about."""
    prompt(repo, "You are {name}.\n")
    repo.manifest("other", "You are {name}.")
    first = repo.commit()
    prompt(repo, "You are nobody.\n\nWrite on {{topic}}.\n")
    repo.manifest("other", "You are nobody.")
    repo.commit()
    repo.write("assistants/notes.yaml", "graph_id: plain\nname: n\n")
    repo.commit()
    ran = cli("plan", "--offline", "--base", first, "tweet", "-v", code=0)
    said = " ".join(ran.said.split())
    assert f"assistants/prompts/tweet.md:1:1: warning: {LOST} commit {first[:12]} has [placeholder-lost]" in said
    assert f"tweet.md:3:10: warning: {NEW} commit {first[:12]} does not have [placeholder-new]" in said
    assert "other.yaml" not in said
    assert "other.yaml" in cli("plan", "--offline", "--base", first, "-v", code=0).said


def test_without_history_there_is_nothing_to_compare(cli: Cli, repo: Repo) -> None:
    """Outside git, before the first commit, and at the first one."""
    prompt(repo, "You are {name}.\n")
    assert codes(cli("validate", code=0)) == []
    repo.git("init", "--quiet", "--initial-branch=main")
    assert codes(cli("validate", code=0)) == []
    repo.commit()
    assert codes(cli("validate", code=0)) == []


def test_what_git_had_may_be_broken_or_gone(cli: Cli, repo: Repo) -> None:
    """A manifest that could not be read then said nothing, and neither did one that was not there."""
    repo.write("assistants/tweet.yaml", "graph_id: [\n")
    prompt(repo, "You are {name}.\n", "gone")
    repo.commit()
    prompt(repo, "You are nobody.\n")
    repo.remove("assistants/gone.yaml")
    repo.remove("assistants/prompts/gone.md")
    prompt(repo, "Hello {{topic}}.\n", "fresh")
    assert codes(cli("validate", code=0)) == []


def test_a_base_that_loses_one_is_told_once(cli: Cli, repo: Repo) -> None:
    """At its own place, however many manifests extend it."""
    base = "graph_id: writer\ncontext:\n  system_prompt: {}\n"
    repo.write("assistants/_base.yaml", base.format('"You are {name}."'))
    for key in ("a", "b"):
        repo.write(f"assistants/{key}.yaml", f"extends: _base.yaml\nname: {key}\nconfig: {{tags: [{key}]}}\n")
    repo.commit()
    repo.write("assistants/_base.yaml", base.format('"You are nobody."'))
    ran = cli("validate", code=0)
    assert codes(ran) == ["placeholder-lost"]
    assert "assistants/_base.yaml:3:18: warning:" in ran.message


def test_equal_contents_are_named_once(cli: Cli, repo: Repo, fake: Served) -> None:
    """In validate and in plan; not where only the names of rows differ."""
    for key in "abcdefg":
        repo.manifest(key, "The same.")
    repo.manifest("other", "Another.")
    rows = "for_each: [{id: x, name: X}, {id: y, name: Y}]\n"
    repo.write(
        "assistants/rows.yaml",
        f"graph_id: writer\nname: !each name\n{rows}context: {{system_prompt: Rows.}}\n",
    )
    ran = cli("validate", code=0)
    assert codes(ran) == ["equal-content"]
    assert (
        "assistants/a.yaml:1:1: warning: assistants `a`, `b`, `c`, `d`, `e` and 2 more of graph `writer` have the same "
        "context and config"
    ) in ran.message
    assert "equal-content" in cli("plan", "--url", fake.url, "-v", code=0).said


def test_prompts_that_nothing_uses(cli: Cli, repo: Repo) -> None:
    """A text under assistants/ that no manifest takes, other than a README or what git ignores."""
    prompt(repo, "Used.\n")
    for name in ("prompts/old.md", "notes.txt", "README.md", "writer/Readme.txt", "ignored.md", "data.json"):
        repo.write(f"assistants/{name}", "x")
    repo.write(".gitignore", "ignored.md\n")
    repo.commit()
    ran = cli("validate", code=0)
    assert codes(ran) == ["prompt-unused", "prompt-unused"]
    assert "assistants/notes.txt:1:1: warning: no manifest uses this file" in ran.message
    assert "assistants/prompts/old.md:1:1: warning: no manifest uses this file" in ran.message


def test_a_prompt_without_its_tag(cli: Cli, repo: Repo) -> None:
    """The name of a prompt where its text was meant, at any depth and whoever else takes that file; and a tag in
    quotes. Not a name that no file has, nor the text of a file."""
    prompt(repo, "Used.\n")
    prompt(repo, "tweet.md", "of_a_file")
    repo.manifest("top", "assistants/prompts/tweet.md")
    repo.manifest("quoted", "!file prompts/tweet.md")
    repo.manifest("other", "prompts/elsewhere.md")
    repo.manifest("out", "../../prompts/tweet.md")
    repo.write("assistants/deep/a.yaml", "graph_id: plain\nname: a\ncontext: {a: {b: [x, ../prompts/tweet.md]}}\n")
    ran = cli("validate", code=0)
    assert codes(ran).count("prompt-untagged") == 3
    named = "is the name of a file, and not its text"
    assert f"assistants/deep/a.yaml:3:22: warning: context field `a.b[1]` {named}" in ran.message
    assert "!file ../prompts/tweet.md" in ran.message
    assert f"assistants/top.yaml:4:18: warning: context field `system_prompt` {named}" in ran.message
    assert "system_prompt: !file prompts/tweet.md" in ran.message
    assert "assistants/quoted.yaml:4:18: warning: context field `system_prompt` begins with `!file`" in ran.message


def test_a_prompt_that_one_deployment_uses_is_used(cli: Cli, repo: Repo) -> None:
    """Also where only one of them is looked at, which does not tell."""
    repo.settings("owner: acme", "deployments: {a: {url: 'https://a.example'}, b: {url: 'https://b.example'}}")
    prompt(repo, "Used.\n")
    repo.write("assistants/prompts/b.md", "Used in b.\n")
    with (repo.root / "assistants/tweet.yaml").open("a") as file:
        file.write("overrides: {b: {context: {system_prompt: !file prompts/b.md}}}\n")
    assert codes(cli("validate", code=0)) == []
    assert codes(cli("validate", "-d", "a", code=0)) == []
    repo.write("assistants/prompts/c.md", "Used nowhere.\n")
    assert codes(cli("validate", code=0)) == ["prompt-unused"]
    assert codes(cli("validate", "-d", "a", code=0)) == []


def test_a_broken_manifest_may_use_a_prompt(cli: Cli, repo: Repo) -> None:
    """Nothing is called unused while a manifest cannot be read."""
    prompt(repo, "Used.\n")
    repo.write("assistants/tweet.yaml", "graph_id: [\n")
    assert codes(cli("validate", code=1)) == ["yaml-syntax"]
