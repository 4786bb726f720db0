"""The commands in the order of the pipeline; turns an error into a sentence and an exit code."""

import errno
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from clickstream.cli import demo, torture
from clickstream.cli.data import (
    check,
    produce,
    replay,
    rows,
    skip_record,
    sql,
    stream,
    topic,
    watermark,
)
from clickstream.cli.help import Commands, Group
from clickstream.cli.operate import config, doctor, logs, parts, remove, report, status
from clickstream.cli.printing import output
from clickstream.cli.printing.terminal import show_error, show_text
from clickstream.cli.project import add, init
from clickstream.errors import ClickstreamError, EnvironmentNotReady, FolderNotWritable, Interrupted

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class _Group(Group):
    """The commands; a system's error that none of them expects is put into words."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - of typer's own context, which it does not export
        """Run the command that was asked for.

        Raises:
            EnvironmentNotReady: a disk is full, or a process or service that it talks to has gone.
        """
        try:
            return super().invoke(ctx)
        except OSError as error:
            place = f"{error.filename} cannot be written" if error.filename else "A file cannot be written"
            if error.errno in _NO_SPACE:
                raise FolderNotWritable(
                    f"{place}: {error.strerror}.", next_step="Free some space, and run the command again."
                ) from error
            if isinstance(error, BrokenPipeError):
                # Not our output, which `output` watches; typer would leave with 1, the code for differences.
                raise EnvironmentNotReady(
                    "A process that this command talks to has ended.",
                    next_step="Look for it with `clickstream status` and `clickstream logs`.",
                ) from error
            raise


# After a line of \\b, lines are printed as they are.
_EXAMPLES = """\b
Examples:
  clickstream demo --seed 7
  clickstream up --rate 500
  clickstream status --watch
  clickstream show TABLE -n 20
  clickstream logs -f stream
  clickstream check --json
  clickstream report --open
  clickstream down --volumes"""
_EXIT_CODES = """\b
Exit codes:
  0    success
  1    the check found differences, or records were not delivered
  2    wrong usage or setting
  3    environment not ready, or nothing to check
  4    a part died while it ran
  130  interrupted
  141  the reader of the output closed the pipe"""

app = Commands(
    name="clickstream",
    cls=_Group,
    help="Run a local streaming pipeline and verify its output.",
    epilog=f"{_EXAMPLES}\n\n{_EXIT_CODES}",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    demo.demo, parts.up, parts.down, status.status, doctor.doctor, logs.logs, parts.restart, produce.produce,
    stream.stream, rows.show, sql.sql, watermark.watermark, rows.export, check.check, report.report,
    skip_record.skip_record, replay.replay, torture.torture, config.config, init.init, remove.reset,
    remove.purge,
):  # fmt: skip
    app.command()(_command)
app.add_typer(topic.app, name="topic")
app.add_typer(add.app, name="add")


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
    """Options before a command."""


def run() -> None:
    """Run one command; an error that a user can cause ends in a sentence and its exit code, no traceback."""
    output.take_over()
    try:
        exit_code = _exit_code_of_command()
    except ClickstreamError as error:
        exit_code = error.exit_code
        with suppress(output.OutputClosed), output.finishing():
            show_error(error)
    except KeyboardInterrupt:
        exit_code = Interrupted.exit_code
    # A command whose reader closed the pipe must not look like a verdict.
    sys.exit(output.CLOSED_EXIT_CODE if output.closed() else exit_code)


def _exit_code_of_command() -> int:
    try:
        app()
    except SystemExit as left:
        output.flush()
        return int(left.code or 0)
    return 0
