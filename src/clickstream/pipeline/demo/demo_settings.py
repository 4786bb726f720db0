"""The settings of the demo, the user's over its defaults; kept in its folder, for a later report."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clickstream.settings import Settings, in_project, load
from clickstream.sinks.durable import write_atomically

DEMO_EVENTS = 20_000
DEMO_FOLDER = Path("data/demo")
DEMO_DEFAULTS: Mapping[str, object] = {
    "START_TIME": "2026-01-01T00:00:00+00:00",
    # 20,000 events in ten minutes of event time
    "MSGS_PER_SEC": DEMO_EVENTS / 600,
    # six batches of each query
    "MAX_OFFSETS_PER_TRIGGER": 3_500,
}
"""What the demo takes where neither flag nor environment nor `.env` says otherwise."""


def default_demo_folder() -> Path:
    """Where the demo runs unless it is given a folder: in the project."""
    return in_project(DEMO_FOLDER)


def demo_settings(flags: Mapping[str, object] | None = None, folder: Path = DEMO_FOLDER) -> Settings:
    """The settings of a demo: the user's over the demo's defaults, in a separate folder."""
    settings, _ = load(flags, defaults=DEMO_DEFAULTS)
    paths = settings.paths.model_copy(
        update={
            "output": folder / "output",
            "checkpoint": folder / "checkpoints",
            "state": folder / "state",
        }
    )
    broker = settings.broker.model_copy(update={"bootstrap_servers": ""})
    # A broker that runs for this folder has the usual port, or the one that is given.
    runtime = settings.runtime.model_copy(update={"embedded_kafka_port": 0})
    return replace(settings, paths=paths, broker=broker, runtime=runtime)


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
