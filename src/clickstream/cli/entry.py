"""The commands in street order, and the one place that turns an error into words and an exit code."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli import (
    check,
    compact,
    config,
    demo,
    doctor,
    down,
    part_logs,
    produce,
    purge,
    repair,
    reset,
    restart,
    show,
    status,
    stream,
    topic,
    torture,
    up,
)
from clickstream.cli.terminal import show_error, show_text
from clickstream.errors import ClickstreamError, FolderNotWritable, Interrupted

_NO_ROOM = FolderNotWritable(
    "What was to be printed cannot be written: no space is left there.",
    next_step="Make room, and call it again.",
)

app = typer.Typer(
    name="clickstream",
    help="A streaming pipeline on your own machine that says whether its output is right.",
    epilog="Examples: clickstream demo --seed 7 · clickstream up --rate 500 · clickstream status --watch · "
    "clickstream show page_metrics · clickstream logs -f stream · clickstream check --json · "
    "clickstream down --volumes\n\n"
    "Exit codes: 0 fine · 1 the check found differences, or records were not delivered · "
    "2 wrong usage or setting · 3 environment not ready, or nothing to check · "
    "4 a part died while it ran · 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="demo")(demo.demo)
app.command(name="up")(up.up)
app.command(name="down")(down.down)
app.command(name="status")(status.status)
app.command(name="doctor")(doctor.doctor)
app.command(name="logs")(part_logs.logs)
app.command(name="restart")(restart.restart)
app.command(name="produce")(produce.produce)
app.add_typer(topic.app, name="topic")
app.command(name="stream")(stream.stream)
app.command(name="show")(show.show)
app.command(name="check")(check.check)
app.command(name="compact")(compact.compact)
app.command(name="repair")(repair.repair)
app.command(name="torture")(torture.torture)
app.command(name="config")(config.config)
app.command(name="reset")(reset.reset)
app.command(name="purge")(purge.purge)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        show_text(f"clickstream {version('clickstream-devkit')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """What stands before a command."""


def run() -> None:
    """Run one command; an error that a user can cause ends in a sentence and its exit code, no traceback."""
    _open_what_is_closed()
    try:
        app()
    except ClickstreamError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(Interrupted.exit_code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        show_error(_NO_ROOM)
        sys.exit(_NO_ROOM.exit_code)


def _open_what_is_closed() -> None:
    """Let what is printed to a stream that the caller has closed (`>&-`) vanish, as Python's print would."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
