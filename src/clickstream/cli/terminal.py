"""How the commands speak: results to stdout, what happens meanwhile and errors to stderr."""

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.text import Text

from clickstream.cli.output import finishing, write_at_once
from clickstream.errors import ClickstreamError

_PLAIN_WIDTH = 140
"""Columns of progress lines and errors where stderr is no terminal; nothing is cut at them."""


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr, highlight=False, emoji=False)
    return Console(stderr=stderr, highlight=False, emoji=False, soft_wrap=True, width=_PLAIN_WIDTH)


def console_of_stderr() -> Console:
    """Where words about what goes on are printed."""
    return _console(stderr=True)


def show(result: RenderableType) -> None:
    """Print a result to stdout; as plain lines where that is no terminal."""
    if sys.stdout.isatty():
        # Lines of text that must not be wrapped are not cut either.
        _console(stderr=False).print(result, crop=False)
    else:
        from clickstream.report.plain import plain_lines

        show_text("\n".join(plain_lines(result)))


def show_text(text: str) -> None:
    """Print text to stdout exactly as it is: no markup, no wrapping, no colour."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def show_json(text: str) -> None:
    """Print JSON to stdout; what cannot be printed, or its encoding lacks, as JSON's own escapes."""
    from clickstream.report.escaping import tame_json

    text = tame_json(text)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in text)
    show_text(text)


@contextmanager
def live() -> Iterator[Callable[[Iterable[RenderableType]], None]]:
    """Yield what shows a result in place of the one before, on a screen of its own while the block lasts.

    It takes versions of the result, the longest first, and shows the first that fits the screen.
    """
    from rich.live import Live

    console = _console(stderr=False)
    with Live(console=console, screen=True, auto_refresh=False) as screen:

        def update(versions: Iterable[RenderableType]) -> None:
            for version in versions:
                shown = version
                if len(console.render_lines(version, pad=False)) <= console.height:
                    break
            screen.update(shown, refresh=True)

        yield update


def has_screen() -> bool:
    """Whether what was shown can be shown anew in its place: not in a file, nor on a dumb terminal."""
    return sys.stdout.isatty() and not _console(stderr=False).is_dumb_terminal


def width() -> int | None:
    """Columns of the terminal that results go to; None where they go to a file or another program."""
    return _console(stderr=False).width if sys.stdout.isatty() else None


def show_lines(lines: Iterable[Text]) -> None:
    """Print lines to stdout, each as long as it is, with their styles on a terminal only."""
    if sys.stdout.isatty():
        console = _console(stderr=False)
        for line in lines:
            console.print(line, soft_wrap=True)
    else:
        for line in lines:
            show_text(line.plain)


def tell(line: str) -> None:
    """Print a line about what is going on to stderr."""
    from clickstream.report.commands import pasteable  # reads the settings' names: not for `--help`

    _console(stderr=True).print(escape(pasteable(line)))


def tell_of_stopping() -> None:
    """Answer a Ctrl-C, from within the signal's handler: what is under way may take a while to end."""
    write_at_once(sys.stderr, "\nstopping after what is under way … (Ctrl-C again leaves at once)\n")


@contextmanager
def stopping_in_order() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether to stop: after Ctrl-C or SIGTERM, or when a reader closed our pipe.

    Raises:
        OutputClosed: at the end of the block, after such a reader.
    """
    from clickstream.pipeline.stopping import stop_on_signals

    with finishing() as closed, stop_on_signals(tell_of_stopping) as stop_requested:
        yield lambda: stop_requested() or closed()


def show_error(error: ClickstreamError) -> None:
    """Print an error to stderr: what happened, details where there are some, and what to do next.

    It may quote a setting, a file or a log: control characters are escaped.
    """
    from clickstream.report.commands import pasteable
    from clickstream.report.escaping import tame

    console = _console(stderr=True)
    sentence = "\n".join(map(tame, pasteable(error.sentence).split("\n")))
    console.print(f"[bold red]error:[/] {escape(sentence)}")
    for line in error.details:
        console.print(f"  [dim]│[/] {escape(tame(line))}")
    if error.next_step:
        # A command that the terminal wraps is still one line when it is copied; one that we wrap is not.
        for line in pasteable(error.next_step).splitlines():
            console.print(f"  [bold]→[/] {escape(tame(line))}", soft_wrap=True)


@contextmanager
def download_bar(title: str, beside: "Display | None" = None) -> Iterator["DownloadBar"]:
    """Show a download on stderr: a bar on a terminal, a line elsewhere, nothing where nothing is fetched.

    Another display of the terminal, `beside`, pauses while the bar is drawn.
    """
    bar = DownloadBar(title, beside)
    try:
        yield bar
    finally:
        bar.close()


class Display(Protocol):
    """Something that draws on the terminal, and can leave it to others."""

    def pause(self) -> None:
        """Draw nothing until `resume`."""

    def resume(self) -> None:
        """Draw again."""


class DownloadBar:
    """Progress in bytes; drawn from the first call on, so that a warm cache shows nothing."""

    def __init__(self, title: str, beside: Display | None = None) -> None:
        self._title = title
        self._beside = beside
        self._progress: Progress | None = None
        self._one_at_a_time = threading.Lock()

    def __call__(self, done_bytes: int, total_bytes: int) -> None:
        """Say how much of how much is there; any thread may."""
        with self._one_at_a_time:
            if self._progress is None:
                if self._beside is not None:
                    self._beside.pause()
                tell(f"{self._title}: {total_bytes / 1e6:.0f} MB, once")
                self._progress = Progress(
                    TextColumn("  "),
                    BarColumn(),
                    DownloadColumn(),
                    console=_console(stderr=True),
                    disable=not sys.stderr.isatty(),
                    transient=True,
                )
                self._progress.start()
                self._progress.add_task(self._title, total=total_bytes)
            self._progress.update(self._progress.task_ids[-1], completed=done_bytes)
            if done_bytes >= total_bytes:
                # What follows is printed on a clean screen; another set of jars begins its own bar.
                self._progress.stop()
                self._progress = None
                if self._beside is not None:
                    self._beside.resume()

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
