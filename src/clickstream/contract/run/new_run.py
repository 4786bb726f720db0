"""A run that takes the place of another one: its id, and the commands that messages name."""

import re
from itertools import chain, count

from clickstream.contract.run.layout import Layout

_LONGEST_STEM = 48
"""Leaves space for the ending: a run id has at most 64 characters."""


def free_run_id(layout: Layout) -> str:
    """An id for a replay of this run: `<run>-replay`, or the first `<run>-replay-<n>` that is not in use."""
    stem = re.sub(r"-replay(-\d+)?$", "", layout.output.name)[:_LONGEST_STEM]
    candidates = chain([f"{stem}-replay"], (f"{stem}-replay-{number}" for number in count(2)))
    return next(run_id for run_id in candidates if not layout.of_run(run_id).is_there())


def ways_out(layout: Layout) -> str:
    """How to continue if a run is no longer usable, as commands that work when pasted; a line for each."""
    return (
        f"Replay the topic into a new run: `clickstream replay --run-id {free_run_id(layout)}`.\n"
        "Or remove this run and start over: `clickstream down && clickstream reset`."
    )
