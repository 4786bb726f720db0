"""The steps of a story, and what a failure prints: all of them, with the one that failed marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from clickstream.errors import ClickstreamError
from clickstream.testing.topics import Topic, Value, shown

_Result = TypeVar("_Result")
_EVENTS_SHOWN = 5


class StoryFailed(AssertionError):
    """A step of a story did not come out as expected; the message has the whole story."""


class Unexpected(Exception):
    """Raised within a step: what is not as expected, in lines."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a story is from: the command that repeats its test, and the seed of what it draws."""

    command: str = ""
    seed: int = 0


class Steps:
    """Runs the steps of one story in order and remembers them.

    Args:
        origin: printed with a failure.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._done: list[str] = []

    def step(self, words: str, action: Callable[[], _Result]) -> _Result:
        """Run one step.

        Args:
            words: what it does, for the story; lines after the first are details.
            action: does it.
        """
        __tracebackhide__ = True
        self._done.append(words)
        try:
            return action()
        except Unexpected as unexpected:
            raise StoryFailed(self._as_text(unexpected.lines)) from None
        except ClickstreamError as error:
            why = [line for line in (error.sentence, error.next_step, *error.details) if line]
            raise StoryFailed(self._as_text(why)) from None

    def add(self, detail: str) -> None:
        """Add a line to the step that runs: what came of it."""
        self._done[-1] += f"\n{detail}"

    def _as_text(self, why: Sequence[str]) -> str:
        last = len(self._done)
        lines = [f"step {last} of the story failed", ""]
        for number, words in enumerate(self._done, start=1):
            first, *details = words.split("\n")
            lines.append(f"{'>' if number == last else ' '} {number:2}  {first}")
            lines += [f"      {detail}" for detail in details]
        lines += ["", *why, ""]
        if self._origin.command:
            lines += [f"seed {self._origin.seed}; repeat it with:", f"  {self._origin.command}"]
        return "\n".join(lines).rstrip()


def counted(count: int, one: str, many: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


class SendsRecords:
    """What has a topic to send to, and steps.

    Args:
        steps: remembers what was sent.
        topic: gives the topic, which may be created for the first record.
    """

    def __init__(self, steps: Steps, topic: Callable[[], Topic]) -> None:
        self._steps = steps
        self._topic = topic

    def send(
        self,
        *values: Value,
        partition: int = 0,
        key: str | bytes | None = None,
        timestamp: str | datetime | None = None,
    ) -> None:
        """Send records, in this order: bytes and text as they are, None as null, all else as JSON.

        Args:
            values: what to send.
            partition: where all of them go.
            key: of all of them.
            timestamp: Kafka's timestamp of all of them, such as `2026-03-01T12:00:00Z`; by default now.
        """
        __tracebackhide__ = True
        self._steps.step(
            sending(values, partition, timestamp),
            lambda: self._topic().send(*values, partition=partition, key=key, timestamp=timestamp),
        )


def sending(events: Sequence[Value], partition: int, timestamp: str | datetime | None) -> str:
    """The words of a step that sends these events, the first of them in lines of their own."""
    words = f"send {counted(len(events), 'event')}" + (f" to partition {partition}" if partition else "")
    words += f", timestamp {timestamp}" if timestamp else ""
    more = len(events) - _EVENTS_SHOWN
    return "\n".join(
        [words, *map(shown, events[:_EVENTS_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
    )
