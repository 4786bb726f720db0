"""What the bench measures, and with how many events."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

MEASURES = ("broker", "generator", "demo", "job_and_check", "added_events", "short_run", "live")
"""Each is a module in `measures`, and can run alone."""


def _size(default: int, meaning: str) -> int:
    size: int = field(default=default, metadata={"help": meaning})
    return size


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a measure processes; smaller sizes are for trying a change."""

    events: int = _size(2_000_000, "events of job_and_check, and of the smaller run of added_events")
    more_events: int = _size(6_000_000, "events of the larger run of added_events")
    events_per_batch: int = _size(200_000, "most events of a batch in job_and_check and added_events")
    pairs: int = _size(1, "how often job_and_check runs the job and its yardstick")
    rate_per_s: int = _size(1_000, "events per second of live")
    live_s: int = _size(90, "length of live in seconds, without its start")


def parse(words: Sequence[str]) -> tuple[tuple[str, ...], Sizes]:
    """The measures to run, all without a name, and their sizes; ends with exit code 2 for an unknown one."""
    command = argparse.ArgumentParser(prog="tox -e bench --", description=__doc__)
    command.add_argument("measures", nargs="*", metavar="MEASURE", help=f"default: {' '.join(MEASURES)}")
    for size in fields(Sizes):
        meaning = f"{size.metadata['help']} (default: {size.default})"
        command.add_argument(f"--{size.name.replace('_', '-')}", type=int, default=size.default, help=meaning)
    given = vars(command.parse_args(words))
    names = given.pop("measures")
    if unknown := [name for name in names if name not in MEASURES]:
        command.error(f"no measure {', '.join(unknown)}: choose from {', '.join(MEASURES)}")
    return tuple(names) or MEASURES, Sizes(**given)
