"""API keys and headers: in no output at any verbosity, and at no other origin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Answer, Handler, Repo, Served, answering, through
from tests.fake import FakeServer

KEY, TOKEN = "lsv2_pt_0123456789abcdef", "t0ken/with+signs=="
SECRETS = (KEY, TOKEN, KEY[:12], TOKEN[:8], "t0ken%2Fwith")


@pytest.fixture(autouse=True)
def _credentials(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.manifest("tweet")
    monkeypatch.setenv("RECONCILER_API_KEY", KEY)
    monkeypatch.setenv("RECONCILER_TOKEN", TOKEN)


def staging(repo: Repo, url: str) -> None:
    repo.deployment(url, 'headers: {Authorization: "Bearer ${RECONCILER_TOKEN}"}')


def sent(requests: list[tuple[str, str, dict[str, str]]]) -> set[tuple[str | None, str | None]]:
    return {(headers.get("x-api-key"), headers.get("authorization")) for _, _, headers in requests}


BOTH = {(KEY, f"Bearer {TOKEN}")}
NEITHER = {(None, None)}


@pytest.mark.parametrize("command", [("plan", "-v"), ("apply", "-y", "-v"), ("schemas", "pull"), ("schemas", "check")])
def test_in_no_output(cli: Cli, repo: Repo, command: tuple[str, ...]) -> None:
    """Sent to the deployment, and shown in no format."""
    files = [repo.root / "plan.json", repo.root / "plan.md"]
    written = ("--format", "text", "--format", f"json={files[0]}", "--format", f"markdown={files[1]}")
    with answering(through(FakeServer())) as seen:
        staging(repo, seen.url)
        ran = cli(*command, *(written if command[0] in ("plan", "apply") else ()), code=0)
    assert sent(seen.requests) == BOTH
    said = ran.said + "".join(file.read_text("utf-8") for file in files if file.exists())
    assert not [secret for secret in SECRETS if secret in said]


def repeating(status: int, form: str, only: str = "") -> Handler:
    """A server that repeats in its errors what it was sent, in one of several forms."""
    inner = through(FakeServer())

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if (only and not path.endswith(only)) or path == "/info":
            return inner(method, path, headers, body)
        lower = {name.lower(): value for name, value in headers.items()}
        repeated = f"key {lower['x-api-key']}, authorization {lower['authorization']}, {quote(TOKEN, safe='')}"
        bodies = {
            "text": repeated,
            "detail": json.dumps({"detail": repeated}),
            "list": json.dumps({"detail": [{"msg": repeated}]}),
            "aegra": json.dumps({"error": "bad", "message": repeated}),
            "cut": "x" * 490 + " " + lower["x-api-key"],
            "cut-far": "x" * 1985 + " " + lower["x-api-key"],
        }
        return status, {}, bodies[form].encode()

    return handle


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500, 503])
@pytest.mark.parametrize("form", ["text", "detail", "list", "aegra", "cut", "cut-far"])
def test_an_error_that_repeats_the_key(cli: Cli, repo: Repo, status: int, form: str) -> None:
    """The server's words are shown, the credentials in them are not; half of one neither."""
    with answering(repeating(status, form)) as seen:
        staging(repo, seen.url)
        ran = cli("plan", "-v", code=1)
    assert not [secret for secret in SECRETS if secret in ran.said], ran.said


@pytest.mark.parametrize("form", ["detail", "cut"])
@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_a_refused_write_that_repeats_the_key(cli: Cli, repo: Repo, form: str, format: str) -> None:
    """A report shows the server's words too, and masks them too."""
    with answering(repeating(400, form, only="/assistants")) as seen:
        staging(repo, seen.url)
        ran = cli("apply", "-y", "-v", "--format", format, code=5)
    assert not [secret for secret in SECRETS if secret in ran.said], ran.said


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(cli: Cli, repo: Repo, status: int) -> None:
    """The other address is named, and nothing reaches it."""
    with answering(through(FakeServer())) as other:
        target = f"{other.url}/assistants/search?key={KEY}"
        with answering(lambda *request: (status, {"Location": target}, b"")) as seen:
            staging(repo, seen.url)
            ran = cli("plan", code=1)
    assert (
        f"redirects listing the assistants to {other.url}/assistants/search; redirects are not followed" in ran.message
    )
    assert f"url: {other.url}" in ran.err
    assert other.requests == []
    assert KEY not in ran.said


def test_a_redirected_write(cli: Cli, repo: Repo) -> None:
    """Neither is a write sent on: it counts as refused."""
    inner = through(FakeServer())
    with answering(through(FakeServer())) as other:

        def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
            if (method, path) == ("POST", "/assistants"):
                return 308, {"Location": f"{other.url}{path}"}, b""
            return inner(method, path, headers, body)

        with answering(handle) as seen:
            staging(repo, seen.url)
            assert "tweet: FAILED" in cli("apply", "-y", code=5).out
    assert other.requests == []


@pytest.mark.parametrize("by", ["--url", "-d --url", "RECONCILER_URL"])
def test_not_to_another_origin(cli: Cli, repo: Repo, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """An address from the command line or the environment gets no credentials, and a 401 there says why."""
    staging(repo, "https://staging.example.com")
    words = {"--url": ("--url",), "-d --url": ("-d", "staging", "--url"), "RECONCILER_URL": ()}[by]
    with answering(lambda *request: (401, {}, b"no")) as seen:
        monkeypatch.setenv("RECONCILER_URL", seen.url)
        given = (*words, seen.url) if words else ()
        ran = cli("plan", *given, code=1)
        assert sent(seen.requests) == NEITHER
        assert "and none was sent" in ran.message
        assert "--send-key sends credentials to it" in ran.message
        if "-d" in by:
            seen.requests.clear()
            cli("plan", *given, "--send-key", code=1)
            assert sent(seen.requests) == BOTH


def test_to_the_deployments_own_origin(cli: Cli, repo: Repo) -> None:
    """The same origin with another path is the deployment's: its credentials go along."""
    with answering(through(FakeServer())) as seen:
        staging(repo, f"{seen.url}/somewhere")
        cli("plan", "-d", "staging", "--url", seen.url, code=0)
    assert sent(seen.requests) == BOTH


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_loopback_goes_through_no_proxy(
    cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever the environment says: nothing arrives at the proxy."""
    with answering(lambda *request: (502, {}, b"")) as proxy:
        monkeypatch.setenv(name, proxy.url)
        cli("plan", "--url", fake.url, code=0)
        cli("plan", "--url", fake.url.replace("127.0.0.1", "localhost"), code=0)
    assert proxy.requests == []


def test_other_hosts_go_through_the_proxy(cli: Cli, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond loopback the proxy of the environment counts, also where it is named without http://."""
    repo.deployment("http://agents.example.com", "allow_http: true")
    with answering(through(FakeServer())) as proxy:
        for spelled in (proxy.url, proxy.url.removeprefix("http://")):
            monkeypatch.setenv("HTTP_PROXY", spelled)
            proxy.requests.clear()
            cli("plan", code=1)  # the fake answers 404 to a whole address as path
            assert proxy.requests
            assert all(path.startswith("http://agents.example.com/") for _, path, _ in proxy.requests)


def test_inside_the_sandbox_other_addresses_are_refused(
    cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A story or a test that runs there cannot reach a deployment by mistake."""
    staging(repo, "https://staging.example.com")
    monkeypatch.setenv("RECONCILER_SANDBOX", fake.url)
    monkeypatch.setenv("RECONCILER_URL", fake.url)
    cli("plan", code=0)
    instead = {
        "-d staging": f"with its overrides: -d staging --url {fake.url}",
        "--url http://127.0.0.1:9": "leave it out",
    }
    for words, hint in instead.items():
        ran = cli("apply", "-y", *words.split(), code=1)
        assert "inside the sandbox only its own server is used" in ran.message
        assert hint in ran.message
    cli("plan", *instead["-d staging"].partition(": ")[2].split(), code=0)
