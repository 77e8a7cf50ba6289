"""The client: where the token goes, what is tried again, and what never is."""

from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError, SettingsError, Unreachable
from reconciler.github import client as module
from reconciler.github.client import Client
from reconciler.github.errors import Forbidden, GitHubError, Lost, NotThere, Refused
from reconciler.github.wire import Endpoint
from tests.github.stand_in import BOT, FAULTS, Fault, StandIn, listen
from tests.github.world import PULL, World


def test_a_list_is_read_over_all_pages(world: World) -> None:
    """As `Link` leads, each row once."""
    numbers = [world.stand_in.comment(PULL, f"comment {number}") for number in range(7)]
    with world.client() as api:
        assert [row["id"] for row in api.pages(f"/issues/{PULL}/comments")] == numbers
    assert len(world.stand_in.requests) == 4


def test_a_next_page_elsewhere_is_refused(world: World) -> None:
    """The token goes to the API's own origin: another port is another one."""
    other = StandIn()
    for number in range(3):
        world.stand_in.comment(PULL, f"comment {number}")
    with listen(other) as elsewhere, world.client() as api:
        world.stand_in.next_link = f"{elsewhere}/repos/acme/agents/issues/{PULL}/comments?page=2"
        with pytest.raises(GitHubError, match="another address"):
            list(api.pages(f"/issues/{PULL}/comments"))
    assert other.requests == []


def test_a_redirect_is_not_followed(world: World) -> None:
    """Whoever answers for the API cannot send the token on."""
    other = StandIn()
    with listen(other) as elsewhere, world.client() as api:
        world.stand_in.elsewhere, world.stand_in.fault = f"{elsewhere}/x", lambda number: "redirect"
        with pytest.raises(GitHubError, match="302"):
            api.get(f"/pulls/{PULL}")
    assert other.requests == []


@pytest.mark.parametrize(
    "api",
    ["http://api.example", "http://127.0.0.1.example.com", "ftp://x", "", "https://", "https://me@api.example", "x"],
)
def test_no_token_goes_to_such_an_address(api: str) -> None:
    """Only https, or plain http on loopback."""
    with pytest.raises(SettingsError, match="GITHUB_API_URL"):
        Client(Endpoint(api=api, repository="acme/agents", token="secret-token"))


@pytest.mark.parametrize("repository", ["acme", "acme/../x", "acme/agents/x", "acme/a?b", ""])
def test_a_repository_is_a_name(repository: str) -> None:
    """Nothing of it leads a request elsewhere."""
    with pytest.raises(SettingsError, match="GITHUB_REPOSITORY"):
        Client(Endpoint(api="https://api.example", repository=repository, token="secret-token"))


@pytest.mark.parametrize("token", ["", "two\nlines", "ümlaut"])
def test_a_token_has_to_be_one(token: str) -> None:
    """What could not be a header's value is said before anything is sent."""
    with pytest.raises(SettingsError, match="GITHUB_TOKEN"):
        Client(Endpoint(api="https://api.example", repository="acme/agents", token=token))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_read_is_tried_again(world: World, fault: Fault) -> None:
    """Whatever went wrong in passing, twice."""
    world.stand_in.fault = lambda number: fault if number < 2 else None
    with world.client() as api:
        assert api.get(f"/pulls/{PULL}")["number"] == PULL
    assert len(world.stand_in.requests) == 3


@pytest.mark.parametrize("fault", ["500", "500 after", "502", "closed", "closed after"])
def test_a_post_whose_answer_is_lost_is_not_repeated(world: World, fault: Fault) -> None:
    """Two comments must never come of it."""
    world.stand_in.fault = lambda number: fault
    with world.client() as api, pytest.raises(Lost):
        api.post(f"/issues/{PULL}/comments", {"body": "once"})
    assert len(world.stand_in.requests) == 1


@pytest.mark.parametrize("fault", ["429", "403 limited"])
def test_a_post_that_was_not_carried_out_is_repeated(world: World, fault: Fault) -> None:
    """Too many requests: nothing was done."""
    world.stand_in.fault = lambda number: fault if number < 3 else None
    with world.client() as api:
        api.post(f"/issues/{PULL}/comments", {"body": "once"})
    assert world.stand_in.bodies(PULL) == ["once"]


def test_the_wait_is_the_one_asked_for_up_to_a_bound(world: World) -> None:
    """Retry-After is honoured; an hour is not."""
    world.stand_in.fault = lambda number: "429" if number % 2 == 0 else None
    with world.client() as api:
        for asked in ("7", "3600"):
            world.stand_in.retry_after = asked
            api.get(f"/pulls/{PULL}")
    assert world.waited == [7.0, module.LONGEST_WAIT]


def test_a_run_has_one_budget(world: World) -> None:
    """A GitHub that answers nothing is left alone soon, however much there is to ask."""
    world.stand_in.fault = lambda number: "500"
    with world.client() as api:
        for _ in range(40):
            with pytest.raises(GitHubError):
                api.get(f"/pulls/{PULL}")
    assert len(world.stand_in.requests) == 40 + module.RETRIES
    assert sum(world.waited) <= module.PATIENCE


def test_the_answers_are_told_apart(world: World) -> None:
    """401, 403, 404 and 422 each in plain words with what to do."""
    world.stand_in.readers, world.stand_in.tokens["fork"] = {"fork"}, BOT
    with world.client() as api:
        with pytest.raises(NotThere):
            api.get("/pulls/12345")
        with pytest.raises(Refused) as refused:
            api.post(f"/issues/{PULL}/comments", {"body": "x" * 65_537})
    assert "65,536 characters" in (refused.value.hint or "")
    world.token = "fork"
    with world.client() as api, pytest.raises(Forbidden, match="not accessible"):
        api.post(f"/issues/{PULL}/comments", {"body": "x"})
    world.token = "wrong-token"
    with world.client() as api, pytest.raises(GitHubError, match="401") as unauthorized:
        api.get(f"/pulls/{PULL}")
    assert not isinstance(unauthorized.value, Forbidden)
    assert "GITHUB_TOKEN" in (unauthorized.value.hint or "")


def test_the_token_shows_nowhere(world: World) -> None:
    """Not in a repr, nor in an error, also where GitHub repeats it."""
    assert "bot-token" not in repr(world.step)
    with world.client() as api:
        assert "bot-token" not in api.mask("GitHub says bot-token")
        with pytest.raises(ReconcilerError) as error:
            api.get("/nothing/bot")
    assert "bot-token" not in f"{error.value.message}{error.value.hint}"


def test_where_nothing_listens_it_says_so() -> None:
    """With the address's own reason, and after the same number of tries for every method: nothing was sent."""
    waited: list[float] = []
    where = Endpoint(api="http://127.0.0.1:9", repository="acme/agents", token="secret-token")
    with Client(where, sleep=waited.append) as api, pytest.raises(Unreachable, match="no answer from GitHub"):
        api.post("/issues", {"title": "x"})
    assert len(waited) == module.ATTEMPTS - 1
