"""Speed and size, printed and written to bench/figures.json; nothing here passes or fails by time.

Each figure is measured beside its yardstick in the same run, because machines differ and are noisy: what
can be compared from one machine to the next is the ratio.

    tox -e bench                                   every measure, some minutes each
    tox -e bench -- broker generator               only these
    tox -e bench -- job_and_check --events 60000   a small one
"""

import json
import platform
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil

from bench.options import parse

FIGURES = Path("bench/figures.json")


def main(words: list[str]) -> int:
    names, sizes = parse(words)
    figures: dict[str, Any] = {}
    for name in names:
        # Only the measures that are asked for are imported: not each needs every package.
        measure = import_module(f"bench.measures.{name}").measure
        with tempfile.TemporaryDirectory(prefix=f"clickstream-bench-{name}-") as folder:
            figures[name] = measure(Path(folder), sizes)
        print(f"\n{name}")
        for figure, value in figures[name].items():
            print(f"  {figure:<44} {value}")
    write(FIGURES, figures)
    return 0


def write(path: Path, figures: Mapping[str, Any]) -> None:
    """Write figures as JSON, with the time and the machine that they are of."""
    taken = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}",
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**taken, **figures}, indent=2) + "\n")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
