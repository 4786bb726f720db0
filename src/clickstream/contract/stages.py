"""What a command says while it works: plain lines, of which some have a part in a display."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickstream.clock import Clock

Stage = Callable[[str], None]
"""Called with a line: one that ends in `…` begins a stage, which lasts until `Done` or the next stage."""


class Done(str):
    """A line that ends a stage: what was reached, and after how long."""

    __slots__ = ()


@contextmanager
def timed(on_stage: Stage, clock: Clock, what: str) -> Iterator[Callable[[str], None]]:
    """Say that a stage begins, and at the end of the block what was reached after how many seconds.

    Args:
        on_stage: called with the lines.
        clock: the time that the stage takes.
        what: what is waited for or done, such as `wait for the broker to answer`.

    Yields:
        What takes the sentence on what was reached, such as `the broker answers`.
    """
    on_stage(f"{what} …")
    begun_s = clock.monotonic_s()
    reached = [what]
    try:
        yield reached.append
    except BaseException:
        # Clean-up is a separate stage, and must not look like success of this one.
        on_stage(Done(f"{what}: not finished after {clock.monotonic_s() - begun_s:.1f} s"))
        raise
    on_stage(Done(f"{reached[-1]} after {clock.monotonic_s() - begun_s:.1f} s"))
