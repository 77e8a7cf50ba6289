"""Which server a run talks to, and what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.errors import ReconcilerError, SettingsError, UsageError
from reconciler.repo.settings import DeploymentSettings, ResolvedDeployment, Settings, choose, resolve

STAGING = DeploymentSettings(
    name="staging",
    url="https://staging.example.com/agents/",
    api_key_names=("STAGING_API_KEY",),
    key_required=True,
    headers={"Authorization": "Bearer ${RECONCILER_TOKEN}"},
)
OPEN = DeploymentSettings(name="open", url="https://${RECONCILER_HOST}", api_key_names=())
PLAIN = DeploymentSettings(name="plain", url="http://127.0.0.1:2024")
NONE, ONE = Settings(owner="a"), Settings(owner="a", deployments=(PLAIN,))
ALL = Settings(owner="a", deployments=(STAGING, OPEN, PLAIN))
SECRETS = {"STAGING_API_KEY": "s3cret", "RECONCILER_TOKEN": "t0ken"}


def chosen(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    deployment: str | None = None,
    url: str | None = None,
    send_key: bool = False,
) -> ResolvedDeployment:
    target = choose(settings, environ, deployment=deployment, url=url)
    return resolve(target, settings, environ, send_key=send_key)


@pytest.mark.parametrize(
    ("settings", "environ", "deployment", "url", "expected"),
    [
        (ALL, {"RECONCILER_URL": "http://e"}, "plain", "http://u", ("plain", "http://u")),
        (ALL, {"RECONCILER_URL": "http://e"}, None, "http://u", (None, "http://u")),
        (ALL, {"RECONCILER_URL": "http://e"}, "plain", None, ("plain", "http://127.0.0.1:2024")),
        (ALL, {"RECONCILER_URL": "http://e/"}, None, None, (None, "http://e")),
        (ONE, {"RECONCILER_URL": "http://e"}, None, None, (None, "http://e")),
        (ONE, {"LANGGRAPH_API_URL": "http://l"}, None, None, ("plain", "http://127.0.0.1:2024")),
        (
            NONE,
            {"LANGGRAPH_API_URL": "http://l", "LANGGRAPH_DEPLOYMENT_URL": "http://d"},
            None,
            None,
            (None, "http://l"),
        ),
        (NONE, {"LANGGRAPH_DEPLOYMENT_URL": "http://d"}, None, None, (None, "http://d")),
    ],
)
def test_the_order(
    settings: Settings,
    environ: dict[str, str],
    deployment: str | None,
    url: str | None,
    expected: tuple[str | None, str],
) -> None:
    """`--url`, else `-d`, else RECONCILER_URL, else the only one listed; the platform's variables where none is."""
    got = chosen(settings, environ, deployment=deployment, url=url)
    assert (got.name, got.url) == expected


def test_an_unknown_deployment_is_told_with_the_list() -> None:
    """And the nearest name."""
    with pytest.raises(UsageError, match="`staging`, `open` and `plain`") as error:
        choose(ALL, {}, deployment="stagin")
    assert error.value.hint == "did you mean -d staging?"


def test_several_and_none_chosen_lists_them() -> None:
    """Nobody guesses a deployment."""
    with pytest.raises(UsageError, match="`staging`, `open` and `plain`"):
        choose(ALL, {"LANGGRAPH_API_URL": "http://l"})


def test_no_server_at_all_says_how_to_name_one() -> None:
    """With the lines to paste."""
    with pytest.raises(UsageError) as error:
        choose(NONE, {})
    assert "deployments:" in str(error.value.hint)


@pytest.mark.parametrize("url", ["https://me:hunter2@x.example", "x.example", "https://x.example/?k=hunter2", ""])
def test_an_address_that_is_none(url: str) -> None:
    """It is refused without being repeated."""
    with pytest.raises(UsageError) as error:
        choose(ALL, {}, url=url)
    assert "hunter2" not in str(error.value)


def test_a_deployments_own_credentials() -> None:
    """Key and headers of the chosen deployment, expanded; the address in its normal form."""
    got = chosen(ALL, SECRETS, deployment="staging")
    assert got.url == "https://staging.example.com/agents"
    assert (got.api_key, dict(got.headers), got.no_key) == ("s3cret", {"Authorization": "Bearer t0ken"}, None)


def test_no_repr_shows_credentials() -> None:
    """A resolved deployment may land in a log."""
    text = repr(chosen(ALL, SECRETS, deployment="staging"))
    assert "s3cret" not in text
    assert "t0ken" not in text


@pytest.mark.parametrize("missing", ["STAGING_API_KEY", "RECONCILER_TOKEN"])
def test_a_missing_variable_is_named_with_its_deployment(missing: str) -> None:
    """An empty one is missing too."""
    for environ in ({k: v for k, v in SECRETS.items() if k != missing}, SECRETS | {missing: ""}):
        with pytest.raises(SettingsError, match=f"{missing} .*`staging`"):
            chosen(ALL, environ, deployment="staging")


def test_only_the_chosen_deployments_variables_are_read() -> None:
    """Those of the others may be missing, and are not looked at."""
    read = []

    class Watched(dict[str, str]):
        def get(self, name: str, default: object = None) -> str | None:  # type: ignore[override]  # it fails where anybody asks
            read.append(name)
            return super().get(name)

        def __getitem__(self, name: str) -> str:
            read.append(name)
            return super().__getitem__(name)

    chosen(ALL, Watched(RECONCILER_HOST="x.example"), deployment="open")
    assert not {"STAGING_API_KEY", "RECONCILER_TOKEN", "LANGSMITH_API_KEY"} & set(read)


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        ({"LANGCHAIN_API_KEY": "d"}, "d"),
        ({"LANGCHAIN_API_KEY": "d", "LANGSMITH_API_KEY": "c"}, "c"),
        ({"LANGSMITH_API_KEY": "c", "LANGGRAPH_API_KEY": "b"}, "b"),
        ({"LANGGRAPH_API_KEY": "b", "RECONCILER_API_KEY": "a"}, "a"),
        ({"RECONCILER_API_KEY": "  ", "LANGGRAPH_API_KEY": " 'b'\n"}, "b"),
        ({}, None),
    ],
)
def test_where_a_key_is_looked_for(environ: dict[str, str], key: str | None) -> None:
    """Four variables in order, stripped of blanks and quotes (S26); none is no error, and said."""
    got = chosen(ONE, environ)
    assert got.api_key == key
    assert (got.no_key is None) == (key is not None)


def test_api_key_env_null_sends_none() -> None:
    """Whatever the environment holds."""
    got = chosen(ALL, {"RECONCILER_HOST": "x.example", "LANGSMITH_API_KEY": "k"}, deployment="open")
    assert (got.api_key, got.no_key) == (None, "deployment `open` says api_key_env: null")


def test_a_key_that_cannot_be_sent_is_refused_without_being_shown() -> None:
    """A line break in a header would be another header."""
    with pytest.raises(SettingsError) as error:
        chosen(ONE, {"LANGSMITH_API_KEY": "hun\nter2"})
    assert "hun" not in str(error.value)


@pytest.mark.parametrize(
    ("deployment", "url", "sent"),
    [
        ("staging", "https://staging.example.com/other", True),
        ("staging", "https://STAGING.example.com:443", True),
        ("staging", "http://staging.example.com", False),
        ("staging", "https://staging.example.com:8443", False),
        ("staging", "https://evil.example.com", False),
        (None, "https://staging.example.com", True),
        (None, "https://evil.example.com", False),
    ],
)
def test_credentials_go_to_the_deployments_origin_only(deployment: str | None, url: str, sent: bool) -> None:
    """An address from the command line gets them only where its origin is the deployment's."""
    got = chosen(ALL, SECRETS | {"LANGSMITH_API_KEY": "other"}, deployment=deployment, url=url)
    assert got.send_credentials is sent
    assert got.api_key == ("s3cret" if sent else None)
    assert bool(got.headers) is sent
    if not sent:
        assert "--send-key" in str(got.no_key)


def test_send_key_sends_them() -> None:
    """Said on the command line, they go where they are told."""
    got = chosen(ALL, SECRETS, deployment="staging", url="https://other.example.com", send_key=True)
    assert (got.api_key, got.send_credentials) == ("s3cret", True)


def test_credentials_that_are_not_sent_need_no_variables() -> None:
    """Another address of a deployment works without its secrets."""
    assert chosen(ALL, {}, deployment="staging", url="http://127.0.0.1:1").api_key is None


def test_where_none_is_listed_the_given_address_is_the_deployments() -> None:
    """Then the key goes to it."""
    assert chosen(NONE, {"LANGSMITH_API_KEY": "k"}, url="https://x.example").api_key == "k"


def test_inside_the_sandbox_every_other_address_is_refused() -> None:
    """Only the sandbox's own server is talked to there."""
    inside = {"RECONCILER_SANDBOX": "http://127.0.0.1:5", "RECONCILER_URL": "http://127.0.0.1:5/"}
    assert chosen(ALL, inside).url == "http://127.0.0.1:5"
    for deployment, url in (("plain", None), (None, "http://127.0.0.1:6"), ("plain", "http://127.0.0.1:6")):
        with pytest.raises(ReconcilerError, match="inside the sandbox"):
            chosen(ALL, inside, deployment=deployment, url=url)


def test_an_expanded_address_is_checked() -> None:
    """A variable may hold anything, credentials too."""
    with pytest.raises(SettingsError, match="deployment `open`") as error:
        chosen(ALL, {"RECONCILER_HOST": "me:hunter2@x.example"}, deployment="open")
    assert "hunter2" not in str(error.value)
