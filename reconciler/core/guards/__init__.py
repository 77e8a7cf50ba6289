"""What stands between a plan and a mass mistake: one rule a file, each a pure function of the whole plan."""

from __future__ import annotations

from reconciler.core.guards import empty_source, max_delete_percent, max_deletes, max_update_percent, protected
from reconciler.core.guards.rule import Limits, Rule, Scope, Verdict
from reconciler.model.plan import Guard

RULES: tuple[Rule, ...] = (
    empty_source.rule,
    protected.rule,
    max_deletes.rule,
    max_delete_percent.rule,
    max_update_percent.rule,
)
NAMES = tuple(rule.__module__.rpartition(".")[2] for rule in RULES)

__all__ = ["NAMES", "RULES", "Limits", "Scope", "Verdict", "judge"]


def judge(scope: Scope, allow: frozenset[str]) -> tuple[Guard, ...]:
    """Every guard that has something against the plan. One that is named in `allow` says so and lets it pass."""
    found: list[Guard] = []
    for name, rule in zip(NAMES, RULES, strict=True):
        verdict = rule(scope)
        if verdict is None:
            continue
        allowed = name in allow
        found.append(
            Guard(
                guard=name,
                verdict="allowed" if allowed else "blocked",
                message=verdict.message,
                allow=verdict.allow or f"--allow {name}",
            )
        )
    return tuple(found)
