"""`clickstream doctor`: is everything here that the kit needs?"""

import typer

from clickstream.cli.parameters import AsJson
from clickstream.cli.printing.terminal import show, show_json


def doctor(
    as_json: AsJson = False,
) -> None:
    """Check what the kit needs, and print fixes.

    Checks Python, Java and its modules, PySpark and its connector, jars and hashes, Docker, limits, memory,
    disk, folders, ports and their owners, stale pid files, and the resources of a cluster. Makes all checks
    of a start: settings, checkpoint, landed files. Finds out why no files are written. Changes nothing.
    Exit 3: a problem.

    Example: clickstream doctor --json
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.doctor.diagnoses import diagnoses, exit_code_of
    from clickstream.report import doctor as report
    from clickstream.settings import load

    found = list(diagnoses(load()[0], SystemClock()))
    if as_json:
        show_json(report.as_json(found))
    else:
        show(report.as_text(found))
    raise typer.Exit(exit_code_of(found))
