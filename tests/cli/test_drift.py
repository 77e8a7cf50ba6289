"""`reconciler drift`, as it is typed: what happened outside git, and nothing else."""

from __future__ import annotations

import json
import shutil

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served

HOSTILE = "x\x1b[31m\u202e`@everyone`</b>\n::add-mask::x"


@pytest.fixture
def applied(cli: Cli, repo: Repo, fake: Served) -> Served:
    """Three assistants, written once by an apply and once again with other prompts."""
    repo.deployment(fake.url)
    for key in ("writer/blog", "writer/news", "writer/tweet"):
        repo.manifest(key, "The first prompt.")
    repo.commit("Our writers")
    cli("apply", "-y", code=0)
    for key in ("writer/blog", "writer/news", "writer/tweet"):
        repo.manifest(key, "The second prompt.")
    repo.commit("Better writers")
    cli("apply", "-y", code=0)
    fake.server.log.clear()
    return fake


def test_nothing_happened(cli: Cli, repo: Repo, applied: Served) -> None:
    """What waits in git for an apply is no drift: one line says so, and the exit code is 0."""
    repo.manifest("writer/tweet", "A third prompt.")
    repo.manifest("writer/new")
    ran = cli("drift", "--detailed-exitcode", code=0)
    assert ran.out.splitlines()[1:] == [
        "",
        "Besides: 1 not applied yet.",
        "Nothing was changed outside git; 3 are as git applied them.",
    ]


def test_an_edit_with_all_that_is_known_of_it(cli: Cli, repo: Repo, applied: Served) -> None:
    """The field, both versions with their times, the commit, and both ways out; counted in the last line."""
    applied.server.patch(applied.id("writer/tweet"), context={"system_prompt": "Mine."})
    commit = repo.git("rev-parse", "HEAD")
    repo.manifest("writer/tweet", "A third prompt.")
    repo.commit("Git moves on")
    live, before, *_ = applied.server.versions(applied.id("writer/tweet"))
    ran = cli("drift", "--detailed-exitcode", code=2)
    said = " ".join(ran.out.split())
    assert "~ edited writer/tweet assistants/writer/tweet.yaml:1 version 3 is live, made " in said
    assert f"version 3 is live, made {live['created_at'][:19].replace('T', ' ')} UTC" in said
    made = before["created_at"][:19].replace("T", " ")
    assert f"git last applied version 2 ({made} UTC, commit {commit[:12]})" in said
    assert "somebody changed it outside git; git has said something new since" in said
    assert 'context.system_prompt: "The second prompt." -> "Mine."' in said
    assert "      reconciler pull -d staging --drift writer/tweet\n" in ran.out
    assert "      reconciler apply -d staging --on-drift overwrite writer/tweet\n" in ran.out
    assert ran.out.splitlines()[-1] == "1 assistant was changed outside git; 2 are as git applied them."
    assert cli("drift", code=0).out == ran.out


def test_text_fits_a_terminal(cli: Cli, applied: Served) -> None:
    """No line but those to copy is longer than 80 columns."""
    applied.server.patch(applied.id("writer/tweet"), context={"system_prompt": "Mine. " * 60})
    lines = cli("drift", code=0).out.splitlines()
    assert max(len(line) for line in lines if not line.startswith("      reconciler ")) <= 80


def test_equal_edits_are_told_once(cli: Cli, applied: Served) -> None:
    """One difference for all who have it, each with its versions, and one command for all."""
    for key in ("writer/blog", "writer/tweet"):
        applied.server.patch(applied.id(key), context={"system_prompt": "Mine."})
    out = cli("drift", code=0).out
    assert "~ edited 2 assistants, all in the same way" in out
    assert out.count('"The second prompt." -> "Mine."') == 1
    assert out.count("version 3 is live") == 2
    assert "reconciler pull -d staging --drift writer/blog writer/tweet\n" in out


def test_rolled_back(cli: Cli, repo: Repo, serve: Serve) -> None:
    """Where a server restores all of an older version: by whom and when it was made active is said to be unknown."""
    served = serve(restores_context_and_graph="yes")
    repo.manifest("tweet", "The first prompt.")
    repo.commit()
    cli("apply", "-y", "--url", served.url, code=0)
    repo.manifest("tweet", "The second prompt.")
    repo.commit()
    cli("apply", "-y", "--url", served.url, code=0)
    served.server.set_latest(served.id("tweet"), 1)
    said = " ".join(cli("drift", "--url", served.url, "--detailed-exitcode", code=2).out.split())
    assert "< rolled-back tweet" in said
    assert "version 1 is live" in said
    assert "git last applied version 2" in said
    assert "an older version was made active again, by us or in Studio: nothing says which, nor when" in said
    assert '"The second prompt." -> "The first prompt."' in said


def test_half_restored_is_no_drift(cli: Cli, applied: Served) -> None:
    """A set-latest that this server restores only in part is counted and named, and is nobody's edit."""
    applied.server.set_latest(applied.id("writer/tweet"), 1)
    ran = cli("drift", "--detailed-exitcode", code=0)
    assert "Besides: 1 left half-way by a set-latest." in ran.out
    said = " ".join(ran.out.split())
    assert "assistant `writer/tweet`: version 1 was made active" in said
    assert "`reconciler apply` writes what git says, `reconciler rollback writer/tweet@1` makes" in said


def test_deleted(cli: Cli, applied: Served) -> None:
    """A deletion takes the history along, so it is not told from a creation that failed."""
    applied.server.delete(applied.id("writer/tweet"))
    ran = cli("drift", "--detailed-exitcode", code=2)
    said = " ".join(ran.out.split())
    assert "- missing writer/tweet" in said
    assert "it was deleted outside git, or its creation failed: nothing is left that says which" in said
    assert "reconciler apply -d staging writer/tweet\n" in ran.out
    assert "pull" not in said
    assert ran.out.splitlines()[-1] == "1 assistant is missing; 2 are as git applied them."


def test_json_is_as_published(cli: Cli, applied: Served) -> None:
    """All of it fits the published schema: an edit, a deletion, a note."""
    applied.server.patch(applied.id("writer/tweet"), name=HOSTILE)
    applied.server.delete(applied.id("writer/blog"))
    out = cli("drift", "--format", "json", code=0).out
    assert "\x1b" not in out
    said = json.loads(out)
    jsonschema.Draft202012Validator(rendered.schema("drift")).validate(said)
    summary = {name: count for name, count in said["summary"].items() if count}
    assert summary == {"edited": 1, "missing": 1, "as_applied": 1}
    gone, edited = said["drift"]
    assert (gone["state"], gone["live"], gone["applied"], gone["compared_with"]) == ("missing", None, None, None)
    assert (edited["live"]["version"], edited["applied"]["version"], edited["compared_with"]) == (3, 2, "applied")
    assert edited["fields"] == [{"path": ["name"], "op": "replace", "before": "writer/tweet", "after": HOSTILE}]


def test_nothing_from_outside_steers_a_terminal(cli: Cli, applied: Served) -> None:
    """A name that Studio holds is shown escaped, as text and as Markdown."""
    applied.server.patch(applied.id("writer/tweet"), name=HOSTILE, context={HOSTILE: HOSTILE})
    for form in ("text", "markdown"):
        out = cli("drift", "--format", form, code=0).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())


def test_markdown_into_a_file(cli: Cli, repo: Repo, applied: Served) -> None:
    """Text on stdout and Markdown in a file, from one run."""
    applied.server.patch(applied.id("writer/tweet"), context={"system_prompt": "Mine."})
    ran = cli("drift", "--format", "text", "--format", "markdown=drift.md", code=0)
    assert "edited writer/tweet" in ran.out
    said = (repo.root / "drift.md").read_text("utf-8")
    assert said.startswith("## What happened outside git to deployment `staging`\n")
    assert "### Changed outside git (1)" in said
    assert '- "The second prompt."\n+ "Mine."' in said
    assert "`reconciler pull -d staging --drift writer/tweet`" in said
    assert said.endswith("**1 assistant was changed outside git; 2 are as git applied them.**\n")


def test_only_what_is_named(cli: Cli, applied: Served) -> None:
    """KEY and --exclude narrow it; a key that is none is an error."""
    for key in ("writer/blog", "writer/tweet"):
        applied.server.patch(applied.id(key), name="Theirs")
    assert "writer/blog" not in cli("drift", "writer/tweet", "--detailed-exitcode", code=2).out
    cli("drift", "--exclude", "writer/blog", "--exclude", "writer/tweet", "--detailed-exitcode", code=0)
    assert (
        "no assistant `writer/twet` in assistants/ did you mean `writer/tweet`?"
        in cli("drift", "writer/twet", code=1).message
    )


def test_a_clone_without_the_history(cli: Cli, repo: Repo, applied: Served) -> None:
    """What git said since is not known there; the drift is judged by what is, and that is said."""
    applied.server.patch(applied.id("writer/tweet"), context={"system_prompt": "Mine."})
    shutil.rmtree(repo.root / ".git")
    repo.commit("All anew")
    ran = cli("drift", "--detailed-exitcode", code=2)
    assert "edited writer/tweet" in ran.out
    assert "this clone does not have commit" in " ".join(ran.out.split())
    assert "[base-unknown]" in " ".join(ran.out.split())


def test_adopted_is_said_once_with_the_count(cli: Cli, repo: Repo, fake: Served) -> None:
    """Of what carries no marker drift cannot be told: one note for all of them."""
    for name in ("one", "two"):
        made = fake.server.create(graph_id="writer", name=name, context={"system_prompt": "By hand."})
        repo.manifest(name, "By hand.", f"assistant_id: {made['assistant_id']}")
    said = " ".join(cli("drift", "--url", fake.url, "--detailed-exitcode", code=0).out.split())
    assert said.count("carries no marker") == 1
    assert "each of 2 assistants (`one`, `two`) carries no marker, so its drift cannot be told" in said
    assert "2 not marked, so nothing can be told" in said


def test_an_assistant_of_others_is_an_error(cli: Cli, repo: Repo, fake: Served) -> None:
    """A manifest that addresses another owner's assistant cannot be judged: exit 1, as with plan."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.settings("owner: other")
    repo.manifest("tweet", "Write well.", f"assistant_id: {fake.id('tweet')}")
    ran = cli("drift", "--url", fake.url, code=1)
    assert "[foreign-owner]" in ran.out


def test_a_broken_file_is_not_a_deletion(cli: Cli, repo: Repo, applied: Served) -> None:
    """A manifest that cannot be read stops it before anything is asked."""
    repo.write("assistants/writer/tweet.yaml", "graph_id: [")
    cli("drift", code=1)
    assert applied.server.log == []


def test_what_an_auth_handler_writes_is_no_drift(cli: Cli, repo: Repo, serve: Serve) -> None:
    """Its key comes with every write; neither that nor what we note for ourselves is anybody's edit."""
    served = serve(auth_handler="owner")
    repo.manifest("tweet")
    repo.commit()
    cli("apply", "-y", "--url", served.url, code=0)
    mark = served.live("tweet")["metadata"]["reconciler"]
    served.server.patch(
        served.id("tweet"), metadata={"reconciler": mark | {"commit": "f" * 40, "path": "x", "repo": "y"}}
    )
    assert served.live("tweet")["metadata"]["owner"]
    cli("drift", "--url", served.url, "--detailed-exitcode", code=0)
    assert "No changes" in cli("plan", "--url", served.url, "--detailed-exitcode", code=0).out
