"""S10 to S15, S30, S31: values on their way through a server, ids, and what a failure leaves."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from tests.fake import AEGRA, JS, LG_0_2, LH, FakeServer, Traits, listen
from tests.server_rules.conftest import Create, Faked, client

Fake = Callable[..., Faked]


def exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("text", ["ünïcödé 中文 🙂", "a\r\nb\r", "\ttab and blanks  ", "\u2028\ufeff"], ids=ascii)
def test_S10_texts_are_kept_byte_for_byte(text: str, create: Create) -> None:
    """Non-ASCII, CRLF, tabs, trailing blanks, a BOM inside."""
    assert create(context={"v": text}, name=text)["context"] == {"v": text}


def test_S10_nul_becomes_another_character(create: Create, fake: Fake) -> None:
    """U+0000 becomes U+FFFD; its escape as text becomes the escape of U+FFFD. LH: 500."""
    made = create(context={"v": "a\x00b", "escape": "\\u0000"})
    assert made["context"] == {"v": "a\ufffdb", "escape": "\\ufffd"}
    body = {"graph_id": "writer", "context": {"v": "a\x00b"}}
    assert fake(LH).post("/assistants", json=body).status_code == 500


def test_S10_a_nul_in_a_first_level_context_key_is_refused(api: httpx2.Client) -> None:
    """Keys of context and configurable: 422. Keys below them, and of metadata, are changed."""
    body = {"graph_id": "writer", "context": {"a\x00": 1}}
    assert api.post("/assistants", json=body).status_code == 422


def test_S10_numbers_in_memory(api: httpx2.Client, create: Create) -> None:
    """64 bits are kept, -0.0 and 1.0 too; whole numbers beyond turn into floats."""
    made = create()
    sent = b'{"context":{"a":9007199254740993,"b":1.0,"c":-0.0,"d":18446744073709551616}}'
    answer = api.patch(f"/assistants/{made['assistant_id']}", content=sent).json()
    assert exact(answer["context"]) == exact({"a": 2**53 + 1, "b": 1.0, "c": -0.0, "d": 2.0**64})


def test_S10_numbers_on_other_servers(fake: Fake) -> None:
    """JS: doubles, 1.0 is 1. LH and Aegra: whole floats past 2^53 are integers, -0.0 is 0."""
    body = {"graph_id": "writer", "context": {"a": 2**53 + 1, "b": 1.0, "c": -0.0, "d": 1e17}}
    seen = {}
    for name, traits in (("js", JS), ("lh", LH), ("aegra", AEGRA)):
        server = fake(traits)
        made = server.post("/assistants", json=body).json()
        live = server.get(f"/assistants/{made['assistant_id']}").json()
        seen[name] = exact(live["context"])
    assert seen["js"] == exact({"a": 2**53, "b": 1, "c": 0, "d": 10**17})
    assert seen["lh"] == seen["aegra"] == exact({"a": 2**53 + 1, "b": 1.0, "c": 0, "d": 10**17})


def test_S10_a_number_too_big_poisons(fake: Fake) -> None:
    """LH answers 500, stores it, and fails every search from then on, until it is deleted."""
    server = fake(LH)
    assistant_id = str(uuid.uuid4())
    body = {"graph_id": "writer", "assistant_id": assistant_id, "context": {"n": 2**64}}
    assert server.post("/assistants", json=body).status_code == 500
    assert server.post("/assistants/search", json={}).status_code == 500
    assert server.delete(f"/assistants/{assistant_id}").status_code == 204
    assert server.post("/assistants/search", json={}).status_code == 200


def test_S10_a_null_context_poisons_aegra(fake: Fake, api: httpx2.Client) -> None:
    """Stored there, and read by nobody; refused by the others."""
    body = {"graph_id": "writer", "context": None}
    assert fake(AEGRA).post("/assistants", json=body).status_code == 500
    assert api.post("/assistants", json=body).status_code == 422


def test_S10_jsonb_sorts_keys(create: Create, fake: Fake) -> None:
    """In memory the order is kept; where jsonb stores, shorter keys come first."""
    context = {"bb": 1, "c": 2, "a": {"z": 1, "b": 2}}
    assert json.dumps(create(context=context)["context"]) == json.dumps(context)
    made = fake(AEGRA).post("/assistants", json={"graph_id": "writer", "context": context}).json()
    assert list(made["context"]) == ["a", "c", "bb"]


@pytest.mark.parametrize(("depth", "status"), [(250, 200), (256, 400), (1100, 422)])
def test_S10_depth_that_is_taken_or_refused(depth: int, status: int, api: httpx2.Client) -> None:
    """Nesting past 255 levels is a 400, past 1,024 no JSON at all."""
    assistant_id = str(uuid.uuid4())
    assert _post_deep(api, assistant_id, depth).status_code == status
    api.delete(f"/assistants/{assistant_id}")


def test_S10_depth_just_below_that_poisons_in_memory(api: httpx2.Client) -> None:
    """A context 253 levels deep is stored but cannot be written out: every search is a 500."""
    assistant_id = str(uuid.uuid4())
    try:
        assert _post_deep(api, assistant_id, 253).status_code == 500
        assert api.post("/assistants/search", json={}).status_code == 500
    finally:
        assert api.delete(f"/assistants/{assistant_id}").status_code == 204
    assert api.post("/assistants/search", json={}).status_code == 200


def _post_deep(api: httpx2.Client, assistant_id: str, depth: int) -> httpx2.Response:
    head = f'{{"graph_id":"writer","assistant_id":"{assistant_id}","context":'
    return api.post("/assistants", content=head + '{"a":' * depth + "1" + "}" * depth + "}")


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b'"\\ud800"', b"1e400"], ids=ascii)
def test_S10_no_json_is_refused(value: bytes, api: httpx2.Client) -> None:
    """NaN, infinities and lone surrogates: 422."""
    body = b'{"graph_id":"writer","context":{"v":' + value + b"}}"
    assert api.post("/assistants", content=body).status_code == 422


def test_S11_ids(api: httpx2.Client, create: Create) -> None:
    """Any spelling of a UUID is taken and answered in lower case with dashes; names repeat."""
    chosen = uuid.uuid4()
    made = create(assistant_id=str(chosen).upper(), name="Same")
    assert made["assistant_id"] == str(chosen)
    assert api.get(f"/assistants/{chosen.hex}").status_code == 200
    assert create(name="Same")["name"] == "Same"
    again = {"graph_id": "writer", "assistant_id": str(chosen), "name": "Second"}
    assert api.post("/assistants", json=again).status_code == 409
    answer = api.post("/assistants", json={**again, "if_exists": "do_nothing"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Same")


def test_S11_if_exists_may_answer_with_another(fake: Fake) -> None:
    """Aegra's do_nothing returns whichever assistant has the same graph and config."""
    server = fake(AEGRA)
    body = {"graph_id": "writer", "context": {"a": 1}, "if_exists": "do_nothing"}
    first = server.post("/assistants", json=body).json()
    second = server.post("/assistants", json={**body, "assistant_id": str(uuid.uuid4())}).json()
    assert second["assistant_id"] == first["assistant_id"]


def test_S12_an_unknown_graph(api: httpx2.Client, create: Create, fake: Fake) -> None:
    """404 with the list of those there are, in create, PATCH and search; others let it pass."""
    made = create()
    for answer in (
        api.post("/assistants", json={"graph_id": "none"}),
        api.patch(f"/assistants/{made['assistant_id']}", json={"graph_id": "none"}),
        api.post("/assistants/search", json={"graph_id": "none"}),
    ):
        assert answer.status_code == 404
        assert "Expected one of: ['research', 'support', 'writer']" in answer.json()["detail"]
    for traits, statuses in ((LG_0_2, (200, 200)), (JS, (200, 200)), (AEGRA, (400, 200))):
        server = fake(traits)
        made = server.post("/assistants", json={"graph_id": "writer"}).json()
        patched = server.patch(f"/assistants/{made['assistant_id']}", json={"graph_id": "none"})
        posted = server.post("/assistants", json={"graph_id": "none"})
        assert (posted.status_code, patched.status_code) == statuses


def test_S13_one_assistant_per_config(fake: Fake) -> None:
    """Aegra: 409 on create; on PATCH a 500 that leaves a version row but changes nothing."""
    server = fake(AEGRA)
    same = {"graph_id": "writer", "context": {"a": 1}}
    server.post("/assistants", json=same)
    assert server.post("/assistants", json=same).status_code == 409
    other = server.post("/assistants", json={"graph_id": "writer", "context": {"a": 2}}).json()
    path = f"/assistants/{other['assistant_id']}"
    assert server.patch(path, json={"context": {"a": 1}}).status_code == 500
    assert server.get(path).json()["version"] == 1
    assert [row["version"] for row in server.post(f"{path}/versions", json={}).json()] == [2, 1]


def test_S14_parallel_patches_get_distinct_versions(api: httpx2.Client, create: Create) -> None:
    """Without a gap, so a jump says that somebody else wrote."""
    path = f"/assistants/{create()['assistant_id']}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: api.patch(path, json={"name": str(n)}), range(24)))
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 26))


def test_S14_parallel_patches_collide_elsewhere(fake: Fake) -> None:
    """Aegra answers some of them with a 500."""
    server = fake(AEGRA)
    made = server.post("/assistants", json={"graph_id": "writer"}).json()
    path = f"/assistants/{made['assistant_id']}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: server.patch(path, json={"name": str(n)}), range(64)))
    assert {answer.status_code for answer in answers} == {200, 500}


def test_S15_a_kept_connection_may_be_reset_after_a_500(real_server: Sandbox, api: httpx2.Client) -> None:
    """The request after a 500 fails on that connection, and works on a new one."""
    assistant_id = str(uuid.uuid4())
    assert _post_deep(api, assistant_id, 253).status_code == 500
    failures = 0
    try:
        for _ in range(40):
            with httpx2.Client(base_url=real_server.url, trust_env=False) as kept:
                assert kept.get(f"/assistants/{assistant_id}").status_code == 500
                try:
                    assert kept.get("/ok").status_code == 200
                except (httpx2.ReadError, httpx2.RemoteProtocolError):
                    failures += 1
    finally:
        api.delete(f"/assistants/{assistant_id}")
    assert failures


def test_S15_the_fake_resets_it_always() -> None:
    """The trait `after_500`, through `listen`."""
    server = FakeServer()
    server.fail_schemas("writer")
    default = next(id_ for id_ in server.ids() if server.get(id_)["graph_id"] == "writer")
    with listen(server) as url, httpx2.Client(base_url=url, trust_env=False) as kept:
        assert kept.get(f"/assistants/{default}/schemas").status_code == 500
        with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
            kept.get("/ok")
        assert kept.get("/ok").status_code == 200
    with listen(server) as url, client(url) as fresh:
        assert fresh.get(f"/assistants/{default}/schemas").status_code == 500
        assert fresh.get("/ok").status_code == 200


def test_S30_in_memory_every_change_is_seen(api: httpx2.Client, create: Create) -> None:
    """true, 1 and 1.0 are three values."""
    made = create(context={"flag": True})
    path = f"/assistants/{made['assistant_id']}"
    for value in (1, 1.0, True):
        api.patch(path, json={"context": {"flag": value}})
        assert exact(api.get(path).json()["context"]) == exact({"flag": value})


def test_S30_a_writes_answer_may_lie(fake: Fake) -> None:
    """LH: the PATCH says 1, the version row has 1, the live row keeps true; set-latest too."""
    server = fake(LH)
    made = server.post("/assistants", json={"graph_id": "writer", "context": {"flag": True}}).json()
    path = f"/assistants/{made['assistant_id']}"
    answer = server.patch(path, json={"context": {"flag": 1}}).json()
    row = server.post(f"{path}/versions", json={}).json()[0]
    assert exact(answer["context"]) == exact(row["context"]) == exact({"flag": 1})
    server.post(f"{path}/latest", json={"version": 2})
    assert exact(server.get(path).json()["context"]) == exact({"flag": True})
    server.patch(path, json={"context": {"flag": 1, "other": 1}})
    assert exact(server.get(path).json()["context"]) == exact({"flag": 1, "other": 1})


def test_S30_what_was_sent_is_answered(fake: Fake) -> None:
    """The trait `write_answer`: the answer shows 1e17 where a read shows a whole number."""
    server = fake(Traits(write_answer="sent", numbers="numeric"))
    made = server.post("/assistants", json={"graph_id": "writer"}).json()
    path = f"/assistants/{made['assistant_id']}"
    answer = server.patch(path, json={"context": {"n": 1e17}}).json()
    assert exact(answer["context"]) == exact({"n": 1e17})
    assert exact(server.get(path).json()["context"]) == exact({"n": 10**17})


def test_S31_a_copy_carries_the_marker(create: Create) -> None:
    """Metadata of another assistant is data like any: the server does not look into it."""
    first = create(metadata={"reconciler": {"id": "x", "owner": "o"}})
    assert create(metadata=first["metadata"])["metadata"] == first["metadata"]
