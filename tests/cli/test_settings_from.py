"""`--settings-from`: a pull request cannot say where a key is sent, nor whom to trust."""

from __future__ import annotations

import zlib

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served, answering


@pytest.fixture
def base(repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A repository whose base plans with a server that wants a key."""
    monkeypatch.setenv("RECONCILER_API_KEY", "key-of-alice")
    served = serve(api_key="401")
    repo.deployment(served.url)
    repo.manifest("tweet")
    repo.commit()
    return served


def test_another_address(cli: Cli, repo: Repo, base: Served) -> None:
    """A changed url gets no request; the plan is made with the base's, and says so."""
    with answering(lambda *_: (200, {}, b"[]")) as thief:
        repo.deployment(thief.url)
        repo.commit()
        ran = cli("plan", "--settings-from", "HEAD~1", code=0)
        assert thief.requests == []
        assert "this changes reconciler.yaml, which counts only once it is merged" in " ".join(ran.out.split())
        assert "create tweet" in ran.out
        cli("plan")
        assert thief.requests != []  # so the silence above means something


def test_another_header(cli: Cli, repo: Repo, base: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that the pull request adds is not sent."""
    monkeypatch.setenv("RECONCILER_TOKEN", "token-of-alice")
    repo.deployment(base.url, "headers: {X-Sent: '${RECONCILER_TOKEN}'}")
    repo.commit()
    cli("plan", "--settings-from", "HEAD~1", code=0)
    assert all("x-sent" not in {name.lower() for name in request.headers} for request in base.server.log)
    cli("plan", code=0)
    assert any("x-sent" in {name.lower() for name in request.headers} for request in base.server.log)


@pytest.mark.parametrize("absolute", [False, True])
def test_a_certificate_authority(cli: Cli, repo: Repo, base: Served, absolute: bool) -> None:
    """A `ca_file` that the base names may not be changed beside it, whichever way it names it: nothing is sent."""
    before = f"{repo.root}/" if absolute else ""
    repo.deployment(base.url, f"ca_file: {before}ca.pem")
    repo.write("ca.pem", "one\n")
    repo.commit()
    for change in (lambda: repo.write("ca.pem", "two\n"), lambda: repo.remove("ca.pem")):
        change()
        ran = cli("plan", "--settings-from", "HEAD", code=1)
        assert "`ca_file` of deployment `staging` is not as" in ran.message
    assert len(base.server.log) == 0


def test_moved_counts_at_once(cli: Cli, repo: Repo, base: Served) -> None:
    """A folder that moves, and says so, is the assistants that it was, before the merge as after it: none is deleted,
    and the address is the base's all the same."""
    repo.deployment(base.url, "prune: true")
    repo.commit()
    cli("apply", "-y", "--allow", "guards_changed", code=0)
    repo.remove("assistants/tweet.yaml")
    repo.manifest("short/tweet")
    settings = (repo.root / "reconciler.yaml").read_text()
    with answering(lambda *_: (200, {}, b"[]")) as thief:
        moved = "moved: [{from: tweet, to: short/tweet}]\n"
        repo.write("reconciler.yaml", settings.replace(base.url, thief.url) + moved)
        repo.commit()
        ran = cli("plan", "--settings-from", "HEAD~1", "--base", "HEAD~1", code=0)
        assert thief.requests == []
    assert "update tweet" in ran.out
    assert "0 to create, 1 to update, 0 to activate, 0 to delete" in ran.out
    assert "but for `moved`" in " ".join(ran.out.split())


def test_a_new_deployment(cli: Cli, repo: Repo, base: Served) -> None:
    """Manifests may name a deployment that only the pull request lists; it cannot be planned yet."""
    settings = (repo.root / "reconciler.yaml").read_text()
    repo.write("reconciler.yaml", settings + "  eu:\n    url: https://eu.example.com\n")
    repo.manifest("tweet", "Write well.", "overrides: {eu: {name: Zwitscher}}", "deployments: [staging, eu]")
    repo.commit()
    ran = cli("plan", "-d", "staging", "--settings-from", "HEAD~1", code=0)
    assert "deployment `eu` is new" in " ".join(ran.out.split())
    assert "there is no deployment `eu`" in cli("plan", "-d", "eu", "--settings-from", "HEAD~1", code=1).message


def test_loosened_guards(cli: Cli, repo: Repo, base: Served) -> None:
    """What the pull request loosens is judged, though it does not count yet."""
    settings = (repo.root / "reconciler.yaml").read_text()
    repo.write("reconciler.yaml", f"{settings}guards: {{max_deletes: 500}}\n")
    repo.commit()
    assert "guards_changed" in cli("plan", "--settings-from", "HEAD~1", "--base", "HEAD~1", code=0).out


def test_the_first_settings(cli: Cli, repo: Repo) -> None:
    """A base without settings: nothing to plan with, and an empty list for the matrix."""
    repo.remove("reconciler.yaml")
    repo.commit()
    repo.deployment("https://staging.example.com")
    repo.commit()
    ran = cli("plan", "--settings-from", "HEAD~1", code=1)
    assert "is planned once it is merged" in ran.message
    assert cli("deployments", "--format", "json", "--settings-from", "HEAD~1", code=0).out == "[]\n"


@pytest.mark.parametrize("commit", ["nothing", "-x", "0" * 40])
def test_an_unknown_commit(cli: Cli, repo: Repo, base: Served, commit: str) -> None:
    """A commit that this clone does not have ends the run before anything is sent."""
    for option in ("--settings-from", "--base"):
        ran = cli("plan", f"{option}={commit}", code=1)
        assert f"commit {commit} is not in this clone" in ran.message
    assert len(base.server.log) == 0


def test_broken_settings(cli: Cli, repo: Repo, base: Served) -> None:
    """Settings that the pull request breaks change nothing about a plan with the base's."""
    repo.write("reconciler.yaml", "owner: [\n")
    repo.commit()
    assert "create tweet" in cli("plan", "--settings-from", "HEAD~1", code=0).out
    cli("plan", code=1)


@pytest.fixture
def nested(cli: Cli, repo: Repo, base: Served) -> Repo:
    """The settings are in gitops/ on the base, and an example beside it names another server."""
    everything = [path for path in repo.root.iterdir() if path.name != ".git"]
    (repo.root / "gitops").mkdir()
    for path in everything:
        path.rename(repo.root / "gitops" / path.name)
    repo.commit()
    assert "create tweet" in cli("plan", "-C", "gitops", "--settings-from", "HEAD", code=0).out
    base.server.log.clear()
    return repo


def test_settings_of_another_folder(cli: Cli, nested: Repo) -> None:
    """A key is not sent where settings of another folder say, though the base has them: a pull request that links
    there, or takes its own away so that those above count, ends before anything is sent."""
    with answering(lambda *_: (200, {}, b"[]")) as thief:
        for path in ("reconciler.yaml", "docs/example/reconciler.yaml"):
            nested.write(path, f"owner: acme\ndeployments: {{staging: {{url: '{thief.url}'}}}}\n")
        nested.commit()
        settings = nested.root / "gitops" / "reconciler.yaml"
        content = settings.read_text("utf-8")
        settings.unlink()
        for command in ("plan", "deployments"):
            ran = cli(command, "-C", "gitops", "--settings-from", "HEAD", code=1)
            assert "the settings are gitops/reconciler.yaml at" in ran.message
        settings.write_text(content, "utf-8")
        (nested.root / "gitops").rename(nested.root / "was")
        for to in ("docs/example", ".", str(nested.root)):
            (nested.root / "gitops").symlink_to(to)
            ran = cli("plan", "-C", "gitops", "--settings-from", "HEAD", code=1)
            assert "gitops is reached through a link" in ran.message
            (nested.root / "gitops").unlink()
        assert thief.requests == []


def test_a_repository_among_the_files(cli: Cli, nested: Repo, base: Served) -> None:
    """Files that make git take the settings' folder for a repository say nothing: neither their settings under the id
    of the base's count, nor does the program run that their configuration names."""
    with answering(lambda *_: (200, {}, b"[]")) as thief:
        content = f"owner: acme\ndeployments: {{staging: {{url: '{thief.url}'}}}}\n".encode()
        blob = nested.git("rev-parse", "HEAD:gitops/reconciler.yaml")
        nested.write(f"gitops/objects/{blob[:2]}/{blob[2:]}", zlib.compress(b"blob %d\0" % len(content) + content))
        nested.write("gitops/objects/info/alternates", "../../.git/objects\n")
        nested.write("gitops/refs/heads/main", nested.git("rev-parse", "HEAD"))
        nested.write("gitops/HEAD", "ref: refs/heads/main\n")
        program = f"touch {nested.root}/canary; false"
        nested.write("gitops/config", f'[core]\nbare = false\nworktree = ..\nfsmonitor = "{program}"\n')
        nested.git("add", "--all", "--force")
        nested.git("commit", "--quiet", "--message", "a repository")
        for command in ("plan", "deployments"):
            ran = cli(command, "-C", "gitops", "--settings-from", nested.git("rev-parse", "HEAD~1"), code=1)
            assert "this is no git repository" in ran.message
        cli("validate", "-C", "gitops")
        assert not (nested.root / "canary").exists()
        assert thief.requests == []
