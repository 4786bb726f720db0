"""Ctrl-C and SIGTERM at a moment at which they would leave a process that nothing knows of."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let SIGINT and SIGTERM act after the block, which starts a process and notes it to be stopped.

    Child processes do not inherit the delay. Outside the main thread signals cannot be caught; then it does
    nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None: not one of Python's, which cannot be put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for received in came[:1]:
            signal.raise_signal(received)
