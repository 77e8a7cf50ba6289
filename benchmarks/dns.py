"""octoDNS, the nearest tool of another kind, planning as many records from YAML; unchanged, offline."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from .figures import Figure
from .process import reconciler, run
from .repository import make, prompt
from .rounds import interleaved
from .servers import fake

COUNT = 10_000
CONFIG = """\
providers:
  git: {class: octodns.provider.yaml.YamlProvider, directory: ./git, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: ./live, enforce_order: false}
zones:
  example.com.: {sources: [git], targets: [live]}
"""


def measure(work: Path) -> Iterator[Figure]:
    zone = _zone(work / "dns")
    sync = Path(sys.executable).with_name("octodns-sync")
    root = make(work / "assistants-like-dns", COUNT)
    with fake(root) as url:
        best = interleaved(
            {
                "plan": lambda: (
                    run(reconciler("plan", "-C", root, "--detailed-exitcode"), RECONCILER_BENCH_URL=url).seconds
                ),
                "octodns": lambda: run([str(sync), "--config-file", str(zone / "config.yaml")]).seconds,
            },
            rounds=2,
        )
    yield Figure(
        name="octodns",
        what="octoDNS planning 10,000 unchanged TXT records of 1 kB, YAML to YAML, to our plan of 10,000 unchanged",
        value=best["octodns"] / best["plan"],
        unit="x",
        parts=best,
    )


def _zone(folder: Path) -> Path:
    """A zone of COUNT records as long as a prompt, wanted and live."""
    records = {f"c{i:06}": {"type": "TXT", "ttl": 300, "value": " ".join(prompt(i))} for i in range(COUNT)}
    text = yaml.dump(records, Dumper=yaml.CSafeDumper, width=10**9)
    for side in ("git", "live"):
        (folder / side).mkdir(parents=True)
        (folder / side / "example.com.yaml").write_text(text)
    config = CONFIG.replace("./", f"{folder}/")
    (folder / "config.yaml").write_text(config)
    return folder
