"""Ctrl-C and SIGTERM ask a run to end; what is under way may finish."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signals(on_request: Callable[[], None] = lambda: None) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGINT or SIGTERM has asked to stop; `on_request` is told at once.

    A second SIGINT raises KeyboardInterrupt: the way out for somebody who will not wait. The previous
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
