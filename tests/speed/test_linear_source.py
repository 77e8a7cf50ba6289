"""No step over what stands in git looks at each pair: twenty thousand entries of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from reconciler.app.lint import lint, unused
from reconciler.contexts import validate
from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.manifests import Loaded, Manifests
from reconciler.repo.settings import AllowedSecret, DeploymentSettings, Moved, Settings

from .linear import assert_linear
from .memory import Memory

OWNER = "acme"
SCHEMA = {"type": "object", "properties": {"prompt": {"type": "string"}, "other": {"type": "string"}}}
STAGING = DeploymentSettings(name="staging", url="http://127.0.0.1:9")


def read(files: Mapping[str, str], settings: Settings) -> tuple[Loaded, list[Diagnostic]]:
    """All that a run makes of a tree before it asks a server."""
    tree = Memory(files)
    loaded = Manifests(tree, settings).at("staging")
    found = [*loaded.diagnostics, *lint(settings, loaded).diagnostics, *unused(tree, settings, {"staging": loaded})]
    found += validate(loaded.wanted, {"w": SCHEMA}, settings.open_graphs, loaded.locate)
    return loaded, found


def manifests(count: int) -> tuple[dict[str, str], Settings]:
    """Each with a base, a prompt of its own, an override, a reference to the next, and a key that it kept."""
    files = {"assistants/_base.yaml": "graph_id: w\n"}
    for i in range(count):
        files[f"assistants/p{i}.md"] = f"Text {i}"
        files[f"assistants/a{i}.yaml"] = (
            f"extends: _base.yaml\nkey: k{i}\nname: A{i}\noverrides: {{staging: {{name: B}}}}\n"
            f"context: {{prompt: !file p{i}.md, other: !ref k{(i + 1) % count}}}\n"
        )
    return files, Settings(owner=OWNER, deployments=(STAGING,))


def rows(count: int) -> tuple[dict[str, str], Settings]:
    """One table, each row with a value and an override."""
    table = "".join(f"- {{id: r{i}, t: v{i}, overrides: {{name: B}}}}\n" for i in range(count))
    head = "graph_id: w\nname: !each id\ncontext: {prompt: !each t}\nfor_each: _r.yaml\n"
    return {"assistants/a.yaml": head, "assistants/_r.yaml": table}, Settings(owner=OWNER, deployments=(STAGING,))


def equal(count: int) -> tuple[dict[str, str], Settings]:
    """All of one content, with one prompt that each takes, and as many prompts that nobody does."""
    files = {f"assistants/a{i}.yaml": "graph_id: w\nname: A\ncontext: {prompt: !file p.md}\n" for i in range(count)}
    files |= {f"assistants/u{i}.md": "Nobody's" for i in range(count)} | {"assistants/p.md": "Text"}
    return files, Settings(owner=OWNER, deployments=(STAGING,))


def wrong(count: int) -> tuple[dict[str, str], Settings]:
    """Each with a mistake in its form; those are told together."""
    files = {f"assistants/a{i}.yaml": "graph_id: w\nname: A\ncontexd: {prompt: 1}\n" for i in range(count)}
    return files, Settings(owner=OWNER, deployments=(STAGING,))


def allowed(count: int) -> tuple[dict[str, str], Settings]:
    """As many allowed secrets, none of which is met."""
    files = {f"assistants/a{i}.yaml": f"graph_id: w\nname: A{i}\n" for i in range(count)}
    entries = tuple(AllowedSecret(key=f"a{i}", path="context.x", hash="0" * 64) for i in range(count))
    return files, Settings(owner=OWNER, deployments=(STAGING,), secrets_allowed=entries)


def moved(count: int) -> tuple[dict[str, str], Settings]:
    """As many moved folders, with a manifest in each."""
    files = {f"assistants/n{i}/a.yaml": f"graph_id: w\nname: A{i}\n" for i in range(count)}
    moves = tuple(Moved(from_=f"o{i}", to=f"n{i}") for i in range(count))
    return files, Settings(owner=OWNER, deployments=(STAGING,), moved=moves)


EACH = [
    (manifests, 20_000),
    (rows, 20_000),
    (equal, 20_000),
    (wrong, 5_000),
    (allowed, 20_000),
    (moved, 20_000),
]


@pytest.mark.parametrize(("make", "many"), EACH, ids=lambda value: getattr(value, "__name__", ""))
def test_reading_takes_linear_time(make: Callable[[int], tuple[dict[str, str], Settings]], many: int) -> None:
    """Ten times as many entries take about ten times as long to be read, checked and linted."""

    def work(count: int) -> Callable[[], object]:
        files, said = make(count)
        return lambda: read(files, said)

    assert_linear(work, many)


def test_the_entries_are_read() -> None:
    """What is measured above is no error that ends it early."""
    for make, wanted, codes in (
        (manifests, 30, set[str]()),
        (rows, 30, set[str]()),
        (equal, 30, {"equal-content", "prompt-unused"}),
        (wrong, 0, {"field-unknown"}),
        (allowed, 30, {"secret-allowed-unused"}),
        (moved, 30, set[str]()),
    ):
        loaded, found = read(*make(30))
        assert (len(loaded.wanted), {one.code for one in found}) == (wanted, codes), make
