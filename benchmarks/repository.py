"""A git repository with as many manifests as asked for, of 1.1 kB each, all different and all the same each time."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from .process import environment

SCHEMA = {
    "type": "object",
    "properties": {
        "model_name": {"type": "string", "enum": ["openai", "anthropic"]},
        "system_prompt": {"type": "string"},
        "temperature": {"type": "number"},
        "tools": {"type": "array", "items": {"type": "string"}},
        "limits": {
            "type": "object",
            "properties": {"max_tokens": {"type": "integer"}, "retries": {"type": "integer"}},
        },
    },
}
SCHEMAS = {"writer": SCHEMA}
SETTINGS = "owner: acme\ndeployments:\n  live: {url: '${RECONCILER_BENCH_URL}'}\n"
WORDS = [
    *("You", "are", "a", "careful", "assistant", "for", "the", "customer", "and", "answer", "in", "plain", "short"),
    *("sentences", "about", "orders", "refunds", "delivery", "returns", "and", "invoices"),
]
MANIFEST = """\
graph_id: writer
name: Customer {i}
description: The assistant of customer {i}
context:
  model_name: openai
  temperature: 0.{temperature}
  system_prompt: |
{prompt}
  tools: [search, refund, escalate]
  limits: {{max_tokens: 1024, retries: {retries}}}
metadata:
  team: support
  tier: gold
"""


def prompt(i: int) -> list[str]:
    """The lines of the prompt of assistant `i`."""
    chance = random.Random(i)
    return [" ".join(chance.choices(WORDS, k=14)) for _ in range(9)]


def manifest(i: int) -> str:
    """The file of assistant `i`."""
    lines = "\n".join(f"    {line}" for line in prompt(i))
    return MANIFEST.format(i=i, temperature=i % 9 + 1, prompt=lines, retries=i % 5 + 1)


def make(root: Path, count: int) -> Path:
    """Settings with one deployment `live` at $RECONCILER_BENCH_URL, the schema, and `count` manifests in folders of a
    hundred or so; committed. Returns `root`."""
    (root / "schemas").mkdir(parents=True)
    (root / "schemas/writer.json").write_text(json.dumps(SCHEMA))
    (root / "reconciler.yaml").write_text(SETTINGS)
    folders = max(1, count // 100)
    for folder in range(folders):
        (root / f"assistants/c{folder:04}").mkdir(parents=True)
    for i in range(count):
        (root / f"assistants/c{i % folders:04}/a{i:06}.yaml").write_text(manifest(i))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "remote", "add", "origin", "https://github.com/acme/agents.git")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "as it is")
    return root


def edit(root: Path) -> None:
    """Another last line in each prompt, no two alike; committed."""
    for number, file in enumerate(sorted(root.glob("assistants/*/*.yaml"))):
        text = file.read_text()
        file.write_text(text.replace("  tools:", f"    Never say {number}.\n  tools:"))
    git(root, "commit", "--quiet", "--all", "--message", "edited")


def git(root: Path, *words: str) -> None:
    """git, as nobody in particular and without anybody's configuration."""
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "gc.auto=0"]
    alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, env=environment(alone))
