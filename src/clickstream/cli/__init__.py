"""The command line: parse, call, print, exit."""

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    _refuse_a_removed_folder()
    _prefer_installed_packages()
    try:
        from clickstream.cli.entry import run
    except KeyboardInterrupt:  # so early that nothing has begun
        raise SystemExit(130) from None
    run()


def _refuse_a_removed_folder() -> None:
    """Leave with 3 if the working folder is gone: no path of a project can be found from there."""
    try:
        os.getcwd()  # noqa: PTH109 - before any other module is loaded
    except OSError as error:
        words = (
            f"error: The working folder cannot be used: {error.strerror}.\n  -> Change to another one: cd ~\n"
        )
        sys.stderr.write(words)
        raise SystemExit(3) from None


def _prefer_installed_packages() -> None:
    """Look into PYTHONPATH and the working folder last: both may hold another PySpark, or a `polars.py`."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)  # noqa: TID251 - read by Python, no setting
    others = {os.path.realpath(each) for each in (*given, os.curdir) if each}
    sys.path.sort(key=lambda entry: os.path.realpath(entry or os.curdir) in others)
