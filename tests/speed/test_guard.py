"""The limits of `make bench`, with a margin of two, at 2,000 assistants and in this process: a loss shows at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
import yaml

from benchmarks.repository import SCHEMA, SCHEMAS, make
from reconciler.app.source import open_repository, read_source
from reconciler.cli.main import run
from reconciler.core.compare import compare
from reconciler.core.compose import Provenance, compose
from reconciler.core.plan import Observed, Options, plan
from reconciler.model.plan import Deployment
from reconciler.server import transport
from reconciler.server.dialect import Dialect
from reconciler.server.reader import Reader
from reconciler.server.transport import Address, Transport
from tests.fake import FakeServer, listen

COUNT = 2_000
MARGIN = 2
TRIES = 5


@dataclass(frozen=True)
class World:
    """A repository, and the pages that a server says where all of it is applied."""

    root: Path
    pages: list[bytes]

    def wire(self) -> httpx2.BaseTransport:
        """Those pages, without a network."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.method == "GET":
                return httpx2.Response(200, json={"langgraph_py_version": "1"})
            return httpx2.Response(200, content=self.pages[json.loads(request.content)["offset"] // 1000])

        return httpx2.MockTransport(answer)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = make(tmp_path_factory.mktemp("speed") / "repo", COUNT)
    dialect, origin = Dialect({"langgraph_py_version": "1"}), Provenance(deployment="live")
    wanted = read_source(open_repository(root), "live").loaded.wanted
    bodies = [dialect.body(compose(one, None, "acme", origin), create=True) for one in wanted]
    rows = [{**body, "version": 1, "created_at": "2026-01-01T00:00:00Z"} for body in bodies]
    return World(root, [json.dumps(rows[at : at + 1000]).encode() for at in range(0, COUNT + 1, 1000)])


def _ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Of the best seconds of this process, ours and theirs by turns."""
    best = [float("inf"), float("inf")]
    for _ in range(2):
        for at, work in enumerate((ours, theirs)):
            begun = time.process_time()
            work()
            best[at] = min(best[at], time.process_time() - begun)
    return best[0] / best[1]


def _at_most(limit: float, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    found: list[float] = []
    while len(found) < TRIES:
        found.append(_ratio(ours, theirs))
        if found[-1] <= limit:
            return
    raise AssertionError(f"{min(found):.2f} times as long as its peer, where {limit:g} are the most")


def _load(root: Path) -> list[Any]:
    return [yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) for file in sorted(root.glob("assistants/**/*.yaml"))]


def test_a_plan_of_nothing(world: World) -> None:
    """Reading, listing, comparing and planning: to parsing the listing and the same files with libyaml."""

    def ours() -> None:
        wanted = read_source(open_repository(world.root), "live").loaded.wanted
        reader = Reader(Transport(Address(url="http://127.0.0.1:9"), allow="reads", wire=world.wire()))
        comparison = compare("acme", wanted, reader.assistants())
        assert len(comparison.same) == COUNT
        plan(Deployment(name="live", url=""), "acme", comparison, Observed(), Options(), wanted=COUNT)

    def theirs() -> None:
        assert sum(len(json.loads(page)) for page in world.pages) == len(_load(world.root))

    _at_most(1.5 * MARGIN, ours, theirs)


def test_validating(world: World) -> None:
    """To libyaml and jsonschema on the same files."""

    def ours() -> None:
        assert not read_source(open_repository(world.root), "live").failed

    def theirs() -> None:
        validator = jsonschema.Draft202012Validator(SCHEMA)
        assert not [error for one in _load(world.root) for error in validator.iter_errors(one["context"])]

    _at_most(2 * MARGIN, ours, theirs)


def test_the_first_word(tmp_path: Path) -> None:
    """`reconciler --help`, to importing its command line library: as processes, so several times each."""

    def process(*words: str) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return time.perf_counter() - begun

    for _ in range(TRIES):
        pairs = [(process("-m", "reconciler", "--help"), process("-c", "import click")) for _ in range(4)]
        ours, theirs = (min(times) for times in zip(*pairs, strict=True))
        if ours <= 1.5 * MARGIN * theirs:
            return
    raise AssertionError(f"{ours / theirs:.2f} times as long as importing click")


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A fake at the address of the repository's deployment."""
    server = FakeServer(graphs=SCHEMAS)
    with listen(server) as url:
        monkeypatch.setenv("RECONCILER_BENCH_URL", url)
        yield server


def test_nothing_to_do_is_a_few_requests(world: World, asked: FakeServer) -> None:
    """An unchanged apply of 2,000 lists by pages of 1,000 and sends nothing else: no write, and none one by one."""
    dialect = Dialect({"langgraph_py_version": "1"})
    for one in read_source(open_repository(world.root), "live").loaded.wanted:
        asked.create(**dialect.body(compose(one, None, "acme", Provenance()), create=True))
    assert run(["apply", "-y", "-C", str(world.root)]) == 0
    assert [request.path for request in asked.log if request.path != "/assistants/search"] == ["/info"]
    assert len(asked.log) == 1 + 3


def test_each_page_is_parsed_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a thousand takes as long to be parsed as all else that is done with it."""
    parsed: list[int] = []
    loads = transport.loads
    monkeypatch.setattr(transport, "loads", lambda body: parsed.append(len(body)) or loads(body))
    reader = Reader(Transport(Address(url="http://127.0.0.1:9"), allow="reads", wire=world.wire()))
    assert len(reader.assistants()) == COUNT
    assert parsed[1:] == [len(page) for page in world.pages]


def test_no_garbage_is_looked_for(world: World) -> None:
    """What is read stays, so that to walk it again and again only takes time."""
    code = (
        "import gc, sys\n"
        "from reconciler.cli.main import main\n"
        "gc.collect()\n"
        "gc.callbacks.append(lambda phase, info: print('walked', file=sys.stderr))\n"
        f"sys.argv = ['reconciler', 'validate', '-C', {str(world.root)!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "walked" not in done.stderr


@pytest.mark.parametrize("count", [3, 30])
def test_creating_is_one_request_each(
    count: int, tmp_path: Path, asked: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many creates, and beside them a number of requests and of git's processes that does not grow with them."""
    root = make(tmp_path / "repo", count)
    started: list[object] = []
    popen = subprocess.Popen

    class Counted(popen):  # type: ignore[misc,valid-type]  # the class that it stands for
        def __init__(self, *words: Any, **more: Any) -> None:
            started.append(words)
            super().__init__(*words, **more)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    assert run(["apply", "-y", "-C", str(root)]) == 0
    creates = [request for request in asked.log if (request.method, request.path) == ("POST", "/assistants")]
    assert len(creates) == count
    assert len(asked.log) - count <= 5
    assert len(started) <= 25
