"""Progress on stderr: live with seconds and a bar on a terminal, otherwise a plain line per step."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.text import Text

from clickstream.cli.printing.terminal import stderr_console
from clickstream.clock import Clock, SystemClock
from clickstream.contract.stages import Done

_BEGINS = " …"
_BAR_COLUMNS = 40


@contextmanager
def stages() -> Iterator["Stages"]:
    """Yield what prints each line; the end of the block ends a stage that is still open.

    SIGTERM ends the block as Ctrl-C does, unless it is caught already: what has begun is undone, and the
    terminal gets its cursor back.
    """
    console = stderr_console()
    on_terminal = sys.stderr.isatty() and not console.is_dumb_terminal
    shown = Stages(console, SystemClock(), live=on_terminal)
    try:
        with _sigterm_as_ctrl_c():
            yield shown
    except BaseException:
        shown.break_off()
        raise
    shown.close()


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Stages:
    """Prints a line at a time; contract/stages.py says which lines begin and end a stage.

    With `live`, it shows the open stage with its seconds, in place.
    """

    def __init__(self, console: Console, clock: Clock, *, live: bool) -> None:
        self._console = console
        self._clock = clock
        self._is_live = live
        self._live: Live | None = None
        self._open: _OpenStage | None = None
        self._bar: ProgressBar | None = None
        self._one_at_a_time = threading.Lock()

    def __call__(self, line: str) -> None:
        """Show a line."""
        if isinstance(line, Done):
            self._end()
            self._open = None
            self._print(line)
        elif line.endswith(_BEGINS):
            self.close()
            self._begin(line.removesuffix(_BEGINS))
        else:
            self._print(line)

    def close(self) -> None:
        """End the open stage, with its seconds."""
        self._end()
        stage, self._open = self._open, None
        if stage is not None:
            self._print(f"{stage.what}: {stage.seconds():.1f} s")

    def break_off(self) -> None:
        """Take the live line away; the stage came to no end, and its seconds mean nothing."""
        stage, self._open = self._open, None
        self._end()
        if stage is not None and self._is_live:
            self._print(f"{stage.what}: not finished after {stage.seconds():.1f} s")

    def download(self, done_bytes: int, total_bytes: int) -> None:
        """Show how much of a download has arrived: a bar or, elsewhere, a line; any thread may call it."""
        with self._one_at_a_time:
            if self._bar is None:
                self._print(f"fetching jars: {total_bytes / 1e6:.0f} MB, once")
                self._bar = ProgressBar(total_bytes, width=_BAR_COLUMNS)
                self._show()
            self._bar.update(done_bytes)
            if done_bytes >= total_bytes:  # another set of jars begins its own bar
                self._bar = None
                self._show()

    def _begin(self, what: str) -> None:
        self._open = _OpenStage(what, self._clock)
        self._show()
        if not self._is_live:
            self._print(what + _BEGINS)

    def _show(self) -> None:
        """Draw what is under way now, in place, until `_end`."""
        self._end()
        under_way = [each for each in (self._open, self._bar) if each is not None]
        if under_way and self._is_live:
            self._live = Live(Group(*under_way), console=self._console, transient=True, refresh_per_second=4)
            self._live.start()

    def _end(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def _print(self, line: str) -> None:
        from clickstream.report.commands import pasteable  # reads the settings' names: not for `--help`

        # Above the live line, if there is one.
        self._console.print(escape(pasteable(line)))


class _OpenStage:
    """A line: a spinner, the stage and its seconds; cut to the terminal's width."""

    def __init__(self, what: str, clock: Clock) -> None:
        self.what = what
        self._clock = clock
        self._begun_s = clock.monotonic_s()
        self._spinner: Spinner | None = None

    def seconds(self) -> float:
        return self._clock.monotonic_s() - self._begun_s

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._spinner is None:
            self._spinner = Spinner("line" if options.ascii_only else "dots")
        seconds = f" {self.seconds():.0f} s"
        words = Text(self.what)
        words.truncate(max(1, options.max_width - len(seconds) - 2), overflow="ellipsis")
        frame = str(self._spinner.render(console.get_time()))
        yield Text.assemble(frame, " ", words, (seconds, "bold"), end="")
