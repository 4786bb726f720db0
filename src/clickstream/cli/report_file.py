"""The report of a run into the file that an option names; for the commands that end in a verdict too."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from clickstream.cli.printing.terminal import tell
from clickstream.errors import UsageError

if TYPE_CHECKING:
    from clickstream.check.findings import Verdict
    from clickstream.errors import ClickstreamError
    from clickstream.operate.run_report.reading import ReportReader
    from clickstream.settings import Settings


def refuse_unwritable(file: Path | None) -> None:
    """Refuse a file that cannot be written, before a long command begins."""
    if file is None:
        return
    folder = file.absolute().parent
    if file.is_dir():
        raise UsageError(f"{file} is a folder, not a file.", next_step=f"Name a file: {file}/report.html.")
    if not os.access(folder, os.W_OK):
        raise UsageError(
            f"The folder {folder} does not exist or cannot be written.",
            next_step=f"Create it with mkdir -p {folder}, or name a file in another folder.",
        )


def report_reader(settings: "Settings", *, of_demo: bool, folder: Path | None) -> "ReportReader":
    """What reads the report of the run of these settings."""
    from clickstream.clock import SystemClock
    from clickstream.operate.run_report.reading import ReportReader
    from clickstream.pipeline.demo.demo_settings import default_demo_folder

    demo_folder = (folder or default_demo_folder()) if of_demo else None
    return ReportReader(settings, SystemClock(), demo_folder=demo_folder)


def write_report_file(
    file: Path | None,
    settings: "Settings",
    *,
    of_demo: bool,
    folder: Path | None,
    verdict: "Verdict | None" = None,
    error: "ClickstreamError | None" = None,
) -> None:
    """Write the report to the file, if one is given, with the verdict or error of a check that just ended."""
    if file is None:
        return
    from clickstream.operate.run_report.writing import write_report

    found = report_reader(settings, of_demo=of_demo, folder=folder).read(verdict=verdict, error=error)
    write_report(found, file)
    tell(f"report written to {file}")
