"""The traits are real: each value makes a difference, and the comparison would see it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from tests.fake import LG, MATRIX, NAMED, FakeServer, Response, Traits, values, varied
from tests.fake.request_mix import requests

# What one server that runs on shows to nobody: shown in tests/server_rules instead.
NOT_BY_REQUESTS = {"gone_graph", "restart", "after_500", "parallel_writes"}
# What needs a header that the mix does not have, or a second trait to show.
NOT_BY_THIS_MIX = {"get_with_content_type", "write_answer"}


def _answers(traits: Traits) -> Iterator[Response]:
    server = FakeServer(traits)
    for request in requests(seed=1):
        yield server.handle(request.method, traits.mount_prefix + request.path, {}, request.body)


@pytest.fixture(scope="module")
def default_answers() -> list[Response]:
    return list(_answers(LG))


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        (trait, value)
        for trait, known in MATRIX.items()
        for value in known[1:]
        if trait not in NOT_BY_REQUESTS | NOT_BY_THIS_MIX | {"mount_prefix"}
    ],
)
def test_every_value_of_every_trait_is_told_apart(trait: str, value: str, default_answers: list[Response]) -> None:
    """So a default that is not the real server's would fail test_like_real."""
    pairs = zip(_answers(varied(LG, **{trait: value})), default_answers, strict=True)
    assert any(one != other for one, other in pairs)


def test_the_first_value_is_the_default() -> None:
    """`values` gives all of them, the default first."""
    for trait in MATRIX:
        assert values(trait)[0] == getattr(LG, trait)
        assert len(set(values(trait))) > 1


def test_presets_use_known_values() -> None:
    """mypy checks the literals; this checks what `varied` and tests put in by name."""
    for traits in NAMED.values():
        assert all(getattr(traits, name) in known for name, known in MATRIX.items())
    with pytest.raises(ValueError, match="trait sorting has no value 'maybe'"):
        varied(LG, sorting="maybe")
    with pytest.raises(KeyError):
        values("no such trait")


@pytest.mark.parametrize("seed", range(12))
def test_any_mix_of_traits_answers_everything(seed: int) -> None:
    """No combination makes the fake itself fail, and a 500 is one that a trait asked for."""
    rng = random.Random(seed)
    traits = varied(LG, **{trait: rng.choice(known) for trait, known in MATRIX.items()})
    for request, answer in zip(requests(seed), _answers(traits), strict=True):
        assert 200 <= answer.status <= 500, request
        if answer.headers.get("content-type") == "application/json":
            json.loads(answer.body)
