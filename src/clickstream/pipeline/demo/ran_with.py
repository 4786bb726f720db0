"""What a demo was run with, kept in its folder: a later report shows it and repeats it."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clickstream.sinks.durable import write_atomically


@dataclass(frozen=True, slots=True)
class RanWith:
    """How many events a demo was asked for, and its settings as text, without secrets."""

    events: int
    settings: dict[str, str]


_FILE = TypeAdapter(RanWith)


def keep_ran_with(state: Path, ran_with: RanWith) -> None:
    """Write it down in the demo's state folder; where that fails, a report shows the settings of its time."""
    with suppress(OSError):
        write_atomically(_path(state), json.dumps(asdict(ran_with), indent=2) + "\n")


def read_ran_with(state: Path) -> RanWith | None:
    """What the demo of this state folder was run with; None if it is not known."""
    try:
        return _FILE.validate_json(_path(state).read_bytes())
    except (OSError, ValidationError):
        return None


def _path(state: Path) -> Path:
    return state.absolute() / "demo.json"
