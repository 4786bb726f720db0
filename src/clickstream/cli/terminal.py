"""How the commands speak: results to stdout, what happens meanwhile and errors to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.markup import escape

from clickstream.errors import ClickstreamError

_PLAIN_WIDTH = 140
"""Columns where the output is no terminal, so that no table is cut in a log file."""


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr, highlight=False, soft_wrap=True, width=None if stream.isatty() else _PLAIN_WIDTH
    )


def show(result: RenderableType) -> None:
    """Print a result to stdout."""
    _console(stderr=False).print(result)


def show_text(text: str) -> None:
    """Print text to stdout exactly as it is: no markup, no wrapping, no colour."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """Print a line about what is going on to stderr."""
    _console(stderr=True).print(escape(line))


def show_error(error: ClickstreamError) -> None:
    """Print an error to stderr: what happened, details where there are some, and what to do next."""
    console = _console(stderr=True)
    console.print(f"[bold red]error:[/] {escape(error.sentence)}")
    for line in error.details:
        console.print(f"  [dim]│[/] {escape(line)}")
    if error.next_step:
        console.print(f"  [bold]→[/] {escape(error.next_step)}")


@contextmanager
def download_bar(title: str) -> Iterator["DownloadBar"]:
    """Show the progress of a download on stderr: a bar on a terminal, one line elsewhere; nothing if unused."""
    bar = DownloadBar(title)
    try:
        yield bar
    finally:
        bar.close()


class DownloadBar:
    """Progress in bytes or files; drawn from the first call on, so that a warm cache shows nothing."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._progress: object | None = None

    def __call__(self, done: int, total: int) -> None:
        """Say that `done` of `total` are there."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        if not sys.stderr.isatty():
            if self._progress is None:
                self._progress = object()
                tell(f"{self._title}: {total} files")
            return
        if self._progress is None:
            progress = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=_console(stderr=True)
            )
            progress.start()
            progress.add_task(self._title, total=total)
            self._progress = progress
        if isinstance(self._progress, Progress):
            self._progress.update(self._progress.task_ids[0], completed=done, total=total)

    def close(self) -> None:
        """Take the bar away."""
        from rich.progress import Progress

        if isinstance(self._progress, Progress):
            self._progress.stop()
