"""What to do after a demo, a replay or `up`: commands to look at the output, to check it, to continue."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from clickstream.report.commands import command, from_here, pasteable
from clickstream.settings import PIPELINE, PathSettings

TABLE = PIPELINE.windowed_tables[0].name
"""The table that examples show."""


def stage_times(seconds_by_stage: Mapping[str, float]) -> str:
    """One line: how long each stage took, and all of them."""
    parts = [f"{stage} {seconds:.1f} s" for stage, seconds in seconds_by_stage.items()]
    return f"{' · '.join(parts)} · in all {sum(seconds_by_stage.values()):.1f} s"


def after_demo(paths: PathSettings, folder: Path | None) -> str:
    """Commands that show the landed rows and files, and check them again; `folder` is that of --folder."""
    of_demo = ("--demo",) if folder is None else ("--demo", "--folder", from_here(folder))
    pages = shlex.quote(from_here(paths.output / paths.run_id / TABLE / "csv"))
    return (
        f"look at it   {command('show', TABLE, *of_demo)}\n"
        f"             ls {pages}\n"
        f"check it     {command('check', *of_demo)}"
    )


def after_replay(paths: PathSettings) -> str:
    """The folder of the run, and how to look at it and to continue it."""
    run = f"RUN_ID={paths.run_id}"
    show = pasteable(f"{run} clickstream show {TABLE}")
    return (
        f"look at it   {show}   (the files are in {from_here(paths.output / paths.run_id)})\n"
        f"continue it  set {run} in .env, then start the job"
    )


def after_up(run: Path) -> str:
    """How to look at the output in the run's folder, check it, and stop."""
    return _aligned(
        ("look at it", command("status", "--watch"), "parts, lag, rows"),
        ("", command("show", TABLE), f"the files are in {from_here(run)}"),
        ("check it", command("check"), ""),
    )


def after_up_without_job() -> str:
    """How to look at parts among which there is no job, and to stop them."""
    return _aligned(
        ("look at it", command("status"), "parts"),
        ("", command("topic", "describe"), "offsets, settings"),
    )


def _aligned(*steps: tuple[str, str, str]) -> str:
    """Lines of what for, command and remark; the last one stops it."""
    steps = (*steps, ("stop it", command("down"), "keeps the data; --volumes removes it"))
    width = max(len(each) for _, each, _ in steps)
    return "\n".join(
        f"{what:<12} {each:<{width}}   {f'({remark})' if remark else ''}".rstrip()
        for what, each, remark in steps
    )
