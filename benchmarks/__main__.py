"""`python -m benchmarks [NAME…]`: measure all, or those, and print a table. A whole run is written to latest.json, and
its table into the README.

`--update` puts what was measured into latest.json, in place of the figures of the same names: each is a ratio within
its own run. `--json FILE` also writes what was measured there. `--markdown` prints the README's table from latest.json
and measures nothing, `--readme` writes it into the README. Ends with 1 where a limit is not kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import apply, beside, changed, comparing, create, dns, latest, plan, sizes, start, table, validate
from .figures import Figure

Measure = Callable[[Path], Iterator[Figure]]
ALL: dict[str, Measure] = {
    "help": start.measure,
    "plan": plan.measure,
    "validate": validate.measure,
    "apply": apply.measure,
    "create": create.measure,
    "sizes": sizes.measure,
    "changed": changed.measure,
    "octodns": dns.measure,
    "deepdiff": comparing.measure,
    "beside": beside.measure,
}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("only", nargs="*", metavar="NAME", choices=[*ALL, []], help=f"some of: {', '.join(ALL)}")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args(words)
    if asked.markdown:
        print(table.markdown(*latest.read()))
        return 0
    if asked.readme:
        latest.into_readme()
        return 0
    figures = [one for name in asked.only or ALL for one in _measured(name)]
    print(table.text(figures))
    if not asked.only or asked.update:
        latest.write(latest.updated(figures) if asked.only else figures)
        latest.into_readme()
        print(f"\n{table.markdown(*latest.read())}")
    if asked.json is not None:
        latest.write(figures, asked.json)
    missed = sum(one.kept is False for one in figures)
    if missed:
        print(
            f"\n{missed} of these limits {'is' if missed == 1 else 'are'} not kept, so this ends with 1",
            file=sys.stderr,
        )
    return 1 if missed else 0


def _measured(name: str) -> list[Figure]:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        found = list(ALL[name](Path(work)))
    print(f"measured {name} in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
