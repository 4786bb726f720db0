"""Speed and size, printed and written to bench/figures.json; nothing here passes or fails by time.

Each figure is measured beside its yardstick in the same run, because machines differ and are noisy: what
can be compared from one machine to the next is the ratio.

    tox -e bench                       everything, some minutes
    tox -e bench -- broker generator   only these
"""

import json
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from measures import broker, demo, generator, job_and_check

BENCHES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "broker": broker.measure,
    "generator": generator.measure,
    "demo": demo.measure,
    "job_and_check": job_and_check.measure,
}
FIGURES = Path("bench/figures.json")


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
        return 2
    figures: dict[str, Any] = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}",
    }
    for name in names or BENCHES:
        with tempfile.TemporaryDirectory(prefix=f"clickstream-bench-{name}-") as folder:
            figures[name] = BENCHES[name](Path(folder))
        print(f"\n{name}")
        for figure, value in figures[name].items():
            print(f"  {figure:<44} {value}")
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {FIGURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
