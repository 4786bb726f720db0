"""The commands in street order, and the one place that turns an error into words and an exit code."""

import errno
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from clickstream.cli import (
    check,
    config,
    demo,
    doctor,
    down,
    export,
    output,
    part_logs,
    produce,
    purge,
    replay,
    reset,
    restart,
    show,
    skip_record,
    status,
    stream,
    topic,
    torture,
    up,
)
from clickstream.cli.commands import Commands, Group
from clickstream.cli.terminal import show_error, show_text, tell
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
  clickstream show page_metrics
  clickstream logs -f stream
  clickstream check --json
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
app.command(name="export")(export.export)
app.command(name="check")(check.check)
app.command(name="skip-record")(skip_record.skip_record)
app.command(name="replay")(replay.replay)
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
    if not {"-h", "--help"} & set(sys.argv):
        _warn_of_misspelt_variables()


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
    # What a command printed before its reader went is no verdict, whatever it came to.
    sys.exit(output.CLOSED_EXIT_CODE if output.closed() else exit_code)


def _exit_code_of_command() -> int:
    try:
        app()
    except SystemExit as left:
        output.flush()
        return int(left.code or 0)
    return 0


def _warn_of_misspelt_variables() -> None:
    """Name variables that look like settings; an error would stop people whose shell has such names."""
    from clickstream.settings import misspelt_variables

    for name, nearest in misspelt_variables():
        tell(f"warning: {name} in the environment is not a setting and is ignored. Did you mean {nearest}?")
