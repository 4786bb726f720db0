"""The report of a run into a file."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from clickstream.errors import writing
from clickstream.report.html.page import page
from clickstream.report.run_report import RunReport


def write_report(report: RunReport, file: Path) -> None:
    """Write the page; the file appears or changes when it is complete."""
    with writing(f"The report {file}", next_step="Name another file with --out."):
        descriptor, partial = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as content:
                content.write(page(report))
            Path(partial).chmod(0o644)
            Path(partial).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(partial).unlink()
            raise
