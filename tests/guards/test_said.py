"""What guards say: each its own typed value, the message made from it, the option to paste."""

from __future__ import annotations

import pkgutil
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from reconciler.core import guards
from reconciler.core.guards import NAMES, RULES, Scope, rule
from reconciler.model.plan import Plan
from tests.core.case import CASES, load, run
from tests.guards.states import states

NO_RULES = {"elsewhere", "facts", "overrides", "rule"}
CASE_FILES = sorted(CASES.glob("guard_*.yaml"))


def _guard(made: Plan, name: str) -> Any:
    (found,) = (guard for guard in made.guards if guard.guard == name)
    return found


def test_one_rule_a_file() -> None:
    """Every file of the folder is a guard by its own name, in the list, and the other way round."""
    files = {module.name for module in pkgutil.iter_modules(guards.__path__)}
    assert set(NAMES) == files - NO_RULES
    assert len(NAMES) == len(set(NAMES)) == len(RULES)


def test_every_guard_has_a_case_that_blocks() -> None:
    """No guard without a data file that shows it."""
    shown = {line for path in CASES.glob("*.yaml") for line in load(path)["expect"].get("guards", [])}
    assert {f"{name}: blocked" for name in NAMES} <= shown


def test_every_guard_answers_with_a_frozen_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is data of its own type; the message is made from it."""
    seen: dict[str, Any] = {}

    def watch(name: str, one: Any) -> Any:
        def watched(scope: Scope) -> Any:
            verdict = one(scope)
            if verdict is not None:
                seen[name] = verdict
            return verdict

        return watched

    monkeypatch.setattr(guards, "RULES", tuple(watch(n, r) for n, r in zip(NAMES, RULES, strict=True)))
    for path in CASES.glob("*.yaml"):
        run(load(path))
    assert set(seen) == set(NAMES)
    assert len({type(verdict) for verdict in seen.values()}) == len(NAMES)
    for verdict in seen.values():
        assert isinstance(verdict, rule.Verdict)
        assert isinstance(verdict, Struct)
        assert verdict.__struct_config__.frozen
        assert verdict.__struct_fields__
        assert "\n" not in verdict.message


@pytest.mark.parametrize(
    ("case", "name", "said"),
    [
        ("guard_drifted_delete_edited", "drifted_delete", "changed outside git since it was written: `writer/tweet`"),
        ("guard_drifted_delete_ignored_field", "drifted_delete", "under `ignore`"),
        ("guard_drifted_delete_adopted", "drifted_delete", "adopted, so perhaps made by hand: `writer/hand`"),
        ("guard_drifted_delete_unknown", "drifted_delete", "does not say what was written: `writer/tweet`"),
        ("guard_protected_reverted_over", "protected", "an older version is live; the newest says so"),
        ("guard_older_commit", "older_commit", "commit `aaaa` is older than `bbbb`, from which `a/0` came"),
        ("guard_owner_changed", "owner_changed", "for the owner `acme` while this repository has the same under"),
        (
            "guard_other_repository",
            "other_repository",
            "written from `github.com/acme/fork`, not from `github.com",
        ),
        ("guard_other_deployment", "other_deployment", "written for deployment `production`, not for `staging`: `a/0`"),
        ("guard_guards_changed", "guards_changed", "guards.max_deletes from 5 to 6"),
    ],
)
def test_the_message_names_what_it_is_about(case: str, name: str, said: str) -> None:
    """Which assistants, which commits, which settings: never only that something is wrong."""
    assert said in _guard(run(load(CASES / f"{case}.yaml")), name).message


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"on_drift": "block"}, {"on_drift": "hold"}, "on_drift from block to hold"),
        ({"on_drift": "hold"}, {}, "on_drift from hold to overwrite"),
        ({"max_delete_percent": 20}, {"max_delete_percent": 20.5}, "guards.max_delete_percent from 20 to 20.5"),
        ({"max_update_percent": 10}, {}, "guards.max_update_percent from 10 to 50"),
        ({"prune": False}, {"prune": True}, "deployments.staging.prune from false to true"),
        ({"expect": {"tenant_id": "t"}}, {"expect": {}}, "deployments.staging.expect.tenant_id from t to nothing"),
        ({"expect": {"tenant_id": "t"}}, {"expect": {"tenant_id": "u"}}, "expect.tenant_id from t to u"),
        ({"prune": None}, {"prune": True}, None),
        ({"prune": True}, {"prune": True}, None),
        ({"expect": {}}, {"expect": {"tenant_id": "t"}}, None),
    ],
)
def test_what_counts_as_loosened(before: dict[str, Any], now: dict[str, Any], said: str | None) -> None:
    """A limit raised, drift overwritten, pruning switched on, an expectation gone; nothing that is stricter or new."""
    found = run({"facts": {"deployment": "staging", "before": before, "now": now}}).guards
    assert [said in guard.message for guard in found if said] == ([True] if said else [])
    assert bool(found) is (said is not None)


def test_the_lines_that_fix_a_rename_are_shown() -> None:
    """One line for each manifest, at its place, and in the message."""
    made = run(load(CASES / "guard_renamed_folder.yaml"))
    lines = {d.path: (d.hint or "").strip() for d in made.diagnostics if d.code == "renamed"}
    ids = {change.live.row.marker.key: change.live.assistant_id for change in made.changes if hasattr(change, "live")}
    assert lines == {
        "assistants/b/0.yaml": f"assistant_id: {ids['a/0']}",
        "assistants/b/1.yaml": f"assistant_id: {ids['a/1']}",
    }
    assert all(line in _guard(made, "renamed").message for line in lines.values())


@given(states(allowing=False))
def test_the_option_shown_opens_the_guard(case: dict[str, Any]) -> None:
    """Pasting what a blocked guard shows, as a shell reads it, lets it pass; whatever stands in a marker."""
    made = run(case)
    options: dict[str, list[str]] = {"allow": [], "allow_delete": []}
    for guard in made.guards:
        words = shlex.split(guard.allow or "")
        assert set(words[::2]) <= {"--allow", "--allow-delete"}
        for option, value in zip(words[::2], words[1::2], strict=True):
            options[option[2:].replace("-", "_")].append(value)
    assert not run(case | {"options": case["options"] | options}).blocked


@given(st.text(min_size=1))
def test_a_key_is_one_word_for_the_shell(key: str) -> None:
    """A marker can be written by anybody: its key is never more than the value of its option."""
    assert shlex.split(rule.allow_delete([key])) == ["--allow-delete", key]


def test_many_names_are_cut() -> None:
    """A message stays a line or two, however many it is about."""
    assert rule.names(f"a/{i}" for i in range(8)) == "`a/0`, `a/1`, `a/2`, `a/3`, `a/4` and 3 more"
