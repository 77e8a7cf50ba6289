"""What stands between a plan and a mass mistake: one rule a file, each a pure function of the whole plan.

| guard              | against                                                               | instead of --allow NAME |
|--------------------|-----------------------------------------------------------------------|-------------------------|
| empty_source       | no manifest, while we manage something there                          |                         |
| protected          | deleting what says `protected: true`                                  | --allow-delete KEY      |
| drifted_delete     | deleting what git never held: edited, adopted, or not known           | --allow-delete KEY      |
| max_deletes        | more deletions than the settings say                                  | --allow-delete KEY      |
| max_delete_percent | a larger share deleted than the settings say, or all                  | --allow-delete KEY      |
| max_update_percent | a larger share changed than the settings say, from ten of ours up     |                         |
| renamed            | creating anew what is there under another key                         |                         |
| older_commit       | going back to a commit before one that was applied                    |                         |
| owner_changed      | creating anew what is there under another owner                       |                         |
| other_repository   | writing to what another repository wrote                              |                         |
| other_deployment   | writing to what was written under another deployment's name           |                         |
| guards_changed     | passing the guards that the same pull request loosened                |                         |
"""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.core.guards import (
    drifted_delete,
    empty_source,
    guards_changed,
    max_delete_percent,
    max_deletes,
    max_update_percent,
    older_commit,
    other_deployment,
    other_repository,
    owner_changed,
    protected,
    renamed,
)
from reconciler.core.guards.facts import Facts, Limits, Safety, Trailer
from reconciler.core.guards.overrides import Overrides, overrides
from reconciler.core.guards.rule import Notes, Rule, Scope, Verdict
from reconciler.model.change import key_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard

RULES: tuple[Rule, ...] = (
    empty_source.rule,
    protected.rule,
    drifted_delete.rule,
    max_deletes.rule,
    max_delete_percent.rule,
    max_update_percent.rule,
    renamed.rule,
    older_commit.rule,
    owner_changed.rule,
    other_repository.rule,
    other_deployment.rule,
    guards_changed.rule,
)
NOTES: tuple[Notes, ...] = (renamed.notes, older_commit.notes, guards_changed.notes)
NAMES = tuple(rule.__module__.rpartition(".")[2] for rule in RULES)

__all__ = [
    "NAMES",
    "RULES",
    "Facts",
    "Limits",
    "Overrides",
    "Safety",
    "Scope",
    "Trailer",
    "Verdict",
    "judge",
    "notes",
    "overrides",
]


def judge(scope: Scope, said: Overrides) -> tuple[Guard, ...]:
    """Every guard that has something against the plan, the overridden ones too: those say who let them pass.

    A guard that is silent only because deletions were allowed by name is overridden as well.
    """
    found: list[Guard] = []
    asked = replace(scope, deletable=frozenset(said.deletes))
    strict = replace(scope, deletable=frozenset())
    for name, rule in zip(NAMES, RULES, strict=True):
        verdict = rule(asked)
        by = said.guards.get(name)
        if verdict is None:
            verdict = rule(strict)
            by = ", ".join(sorted({said.deletes[k] for d in scope.all_deletes if (k := key_of(d)) in said.deletes}))
        if verdict is not None:
            found.append(_guard(name, verdict, by))
    return tuple(found)


def notes(scope: Scope) -> list[Diagnostic]:
    """What guards have to say without stopping anything."""
    return [note for rule in NOTES for note in rule(scope)]


def _guard(name: str, verdict: Verdict, by: str | None) -> Guard:
    return Guard(
        guard=name,
        verdict="blocked" if by is None else "allowed",
        message=verdict.message,
        allow=verdict.allow or f"--allow {name}",
        by=by,
    )
