"""Printing: results to stdout, progress and errors to stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleDimensions, RenderableType
from rich.markup import escape
from rich.text import Text

from clickstream.cli.printing.output import finishing, write_at_once
from clickstream.errors import ClickstreamError

_PLAIN_WIDTH = 140
"""Columns of progress lines and errors if stderr is not a terminal; nothing is cut at them."""


def stdout_console() -> Console:
    """Where results are printed."""
    return _console(stderr=False)


def stderr_console() -> Console:
    """Where progress and errors are printed."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr, highlight=False, emoji=False)
    return Console(stderr=stderr, highlight=False, emoji=False, soft_wrap=True, width=_PLAIN_WIDTH)


def show(result: RenderableType) -> None:
    """Print a result to stdout; as plain lines if stdout is not a terminal."""
    if sys.stdout.isatty():
        # Lines of text that must not be wrapped are not cut either.
        stdout_console().print(result, crop=False)
    else:
        from clickstream.report.plain_text import plain_lines

        show_text("\n".join(plain_lines(result)))


def show_text(text: str) -> None:
    """Print text to stdout exactly as it is: no markup, no wrapping, no colour."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def show_json(text: str) -> None:
    """Print JSON to stdout; what cannot be printed, or its encoding lacks, as JSON's own escapes."""
    from clickstream.report.plain_text import tame_json

    text = tame_json(text)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in text)
    show_text(text)


def show_csv(text: str) -> None:
    """Print lines of CSV to stdout exactly as they are; on a terminal without control characters."""
    from clickstream.report.plain_text import tame

    show_text("\n".join(map(tame, text.split("\n"))) if sys.stdout.isatty() else text)


@contextmanager
def live() -> Iterator[Callable[[Iterable[RenderableType]], None]]:
    """Yield what shows a result in place of the one before, on a separate screen during the block.

    It takes versions of the result, the longest first, and shows the first that fits the screen.
    """
    from rich.live import Live

    console = stdout_console()
    with Live(console=console, screen=True, auto_refresh=False) as screen:

        def update(versions: Iterable[RenderableType]) -> None:
            for version in versions:
                shown = version
                if len(console.render_lines(version, pad=False)) <= console.height:
                    break
            screen.update(shown, refresh=True)

        yield update


def has_screen() -> bool:
    """Whether a result can be shown in place of the one before: not in a file, nor on a dumb terminal."""
    return sys.stdout.isatty() and not stdout_console().is_dumb_terminal


def screen_size() -> ConsoleDimensions:
    """Columns and lines of the terminal now."""
    return stdout_console().size


def width() -> int | None:
    """Columns of the terminal that results go to; None where they go to a file or another program."""
    return stdout_console().width if sys.stdout.isatty() else None


def show_lines(lines: Iterable[Text]) -> None:
    """Print lines to stdout, each as long as it is, with their styles on a terminal only."""
    if sys.stdout.isatty():
        console = stdout_console()
        for line in lines:
            console.print(line, soft_wrap=True)
    else:
        for line in lines:
            show_text(line.plain)


def tell(line: str) -> None:
    """Print a line of progress to stderr."""
    from clickstream.report.commands import pasteable  # reads the settings' names: not for `--help`

    stderr_console().print(escape(pasteable(line)))


def tell_of_stopping() -> None:
    """Answer a Ctrl-C, from within the signal's handler: what is under way may take a while to end."""
    write_at_once(sys.stderr, "\nstopping after the running work … (Ctrl-C again stops at once)\n")


@contextmanager
def stopping_in_order() -> Iterator[Callable[[], bool]]:
    """Yield what says whether to stop: after Ctrl-C or SIGTERM, or when a reader closed our pipe."""
    from clickstream.pipeline.stopping import stop_on_signals

    with finishing() as closed, stop_on_signals(tell_of_stopping) as stop_requested:
        yield lambda: stop_requested() or closed()


def show_error(error: ClickstreamError) -> None:
    """Print an error to stderr: what happened, details where there are some, and what to do next.

    It may quote a setting, a file or a log: control characters are escaped.
    """
    from clickstream.report.commands import pasteable
    from clickstream.report.plain_text import tame

    console = stderr_console()
    sentence = "\n".join(map(tame, pasteable(error.sentence).split("\n")))
    console.print(f"[bold red]error:[/] {escape(sentence)}")
    for line in error.details:
        console.print(f"  [dim]│[/] {escape(tame(line))}")
    if error.next_step:
        # A command that the terminal wraps is still one line when it is copied; one that we wrap is not.
        for line in pasteable(error.next_step).splitlines():
            console.print(f"  [bold]→[/] {escape(tame(line))}", soft_wrap=True)
