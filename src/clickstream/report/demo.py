"""What a demo came to: its stages, and where to look next."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from clickstream.contract.tables import PAGE_METRICS
from clickstream.report.commands import command, from_here
from clickstream.settings import PathSettings


def stages(seconds_by_stage: Mapping[str, float]) -> str:
    """One line: how long each stage took, and all of them."""
    parts = [f"{stage} {seconds:.1f} s" for stage, seconds in seconds_by_stage.items()]
    return f"{' · '.join(parts)} · in all {sum(seconds_by_stage.values()):.1f} s"


def where_to_look(paths: PathSettings, folder: Path | None) -> str:
    """Commands that show the landed rows and files, and check them again.

    Args:
        paths: of the demo.
        folder: the one that the demo was given; None for its own.
    """
    of_demo = ("--demo",) if folder is None else ("--demo", "--folder", from_here(folder))
    pages = shlex.quote(from_here(paths.output / paths.run_id / PAGE_METRICS.name / "csv"))
    return (
        f"look at it   {command('show', PAGE_METRICS.name, *of_demo)}\n"
        f"             ls {pages}\n"
        f"check it     {command('check', *of_demo)}"
    )
