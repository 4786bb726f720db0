"""A download as a bar on stderr."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from clickstream.cli.printing.stages import Stages
from clickstream.cli.printing.terminal import stderr_console, tell


@contextmanager
def download_bar(title: str, beside: Stages | None = None) -> Iterator["DownloadBar"]:
    """Show a download on stderr: a bar on a terminal, a line elsewhere, nothing where nothing is fetched.

    Another display of the terminal, `beside`, pauses while the bar is drawn.
    """
    bar = DownloadBar(title, beside)
    try:
        yield bar
    finally:
        bar.close()


class DownloadBar:
    """Progress in bytes; drawn from the first call on, so that a warm cache shows nothing."""

    def __init__(self, title: str, beside: Stages | None = None) -> None:
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
                    console=stderr_console(),
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
