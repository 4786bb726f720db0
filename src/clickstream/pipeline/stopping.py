"""Ctrl-C and SIGTERM ask a run to end; running batches finish."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from clickstream.clock import Clock

_LOOKS_UP_EVERY_S = 0.1


@contextmanager
def stop_on_signals(on_request: Callable[[], None] = lambda: None) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGINT or SIGTERM has asked to stop; calls `on_request` at once.

    A second SIGINT raises KeyboardInterrupt: the way out without waiting. The previous
    handlers come back at the end. Outside the main thread signals cannot be caught; then it is always False.
    """
    requested = threading.Event()

    def request(signal_number: int, _frame: FrameType | None) -> None:
        if requested.is_set() and signal_number == signal.SIGINT:
            raise KeyboardInterrupt
        requested.set()
        on_request()

    if threading.current_thread() is not threading.main_thread():
        yield requested.is_set
        return
    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield requested.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_unless_stopped(duration_s: float, clock: Clock, stop_requested: Callable[[], bool]) -> None:
    """Let `duration_s` seconds pass, or what is left until a stop is requested; noticed in a tenth of one."""
    end_s = clock.monotonic_s() + duration_s
    while not stop_requested() and (left_s := end_s - clock.monotonic_s()) > 0:
        clock.sleep(min(left_s, _LOOKS_UP_EVERY_S))
