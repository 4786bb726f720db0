"""How a part that no longer runs came to its end: stopped, killed by a signal, or crashed."""

import signal
from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.status import PartState
from clickstream.errors import Interrupted
from clickstream.pipeline.heartbeat import end_of
from clickstream.runtime.processes.started import StartedProcess

# A JVM that is asked to end leaves with 128 and the number of the signal.
_ASKED_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_IN_ORDER = (0, Interrupted.exit_code, *(128 + number for number in _ASKED_TO_END))


@dataclass(frozen=True, slots=True)
class EndOfPart:
    """The state after the end, and how it ended, in a sentence without full stop."""

    state: PartState
    why: str
    exit_code: int | None = None
    signal: str = ""


def end_of_part(process: StartedProcess, state: Path) -> EndOfPart:
    """How a part that does not run ended, by its keeper, its own word, and what a command has asked it."""
    said = end_of(state, process.name, process.pid)
    code = process.end_code()
    if code is None and said is not None:
        code = said.exit_code
    if code is None:
        if process.stopping:
            return EndOfPart(PartState.STOPPED, "it was asked to end")
        return EndOfPart(PartState.CRASHED, "it ended, and the cause is not known")
    if code < 0:
        return _by_signal(-code, asked=process.stopping)
    if code in _IN_ORDER:
        asked = "was asked to end" if process.stopping else "ended without an error"
        return EndOfPart(PartState.STOPPED, f"it {asked}: exit code {code}", code)
    sentence = said.why.rstrip(".") if said is not None else ""
    return EndOfPart(PartState.CRASHED, f"exit code {code}" + (f": {sentence}" if sentence else ""), code)


def _by_signal(number: int, *, asked: bool) -> EndOfPart:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if asked and number in _ASKED_TO_END:
        return EndOfPart(PartState.STOPPED, f"it was asked to end: {name}", signal=name)
    return EndOfPart(PartState.KILLED, f"by {name}", signal=name)
