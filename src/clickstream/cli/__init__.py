"""The command line, in street order: parse, call, print, exit."""

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    _prefer_installed_packages()
    try:
        from clickstream.cli.entry import run
    except KeyboardInterrupt:  # so early that nothing has begun
        raise SystemExit(130) from None
    run()


def _prefer_installed_packages() -> None:
    """Look into PYTHONPATH and the working folder last: both may hold another PySpark, or a `polars.py`."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)  # noqa: TID251 - read by Python, no setting
    others = {os.path.realpath(each) for each in (*given, os.curdir) if each}
    sys.path.sort(key=lambda entry: os.path.realpath(entry or os.curdir) in others)
