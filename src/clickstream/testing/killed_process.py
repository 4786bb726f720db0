"""The job as a process of its own, which `kill -9` ends at a named point."""

import subprocess
import sys

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.run.layout import Layout
from clickstream.errors import PartDied, UsageError
from clickstream.runtime.processes.started import last_lines
from clickstream.settings import PIPELINE, PLACE, kit_environment
from clickstream.testing.given import StorySettings, as_environment
from clickstream.testing.topics import Topic

_KILLED = -9


def run_until_killed(
    pipeline: Pipeline,
    settings: StorySettings,
    records: Topic,
    layout: Layout,
    *,
    query: str,
    point: str,
    time: int,
    at_most: int | None,
) -> bool:
    """Run the job on the layout in a process of its own; whether it came to the point, where it is killed.

    Raises:
        UsageError: the pipeline is not the one of the settings, which a process loads by its name.
        PartDied: the job ended otherwise; with its last lines.
    """
    if pipeline is not PIPELINE:
        raise UsageError(
            f"A process of its own can run the pipeline of the settings, {PIPELINE.name}, and no other.",
            next_step="Set PIPELINE to the pipeline of this story, or leave out `process=True`.",
        )
    folder = layout.output.parent.parent
    log = folder / "killed.log"
    given = {
        **as_environment(pipeline, settings, records.broker),
        "PIPELINE": PLACE,
        "OUTPUT_PATH": str(layout.output.parent),
        "CHECKPOINT_PATH": str(layout.checkpoint.parent),
        "RUN_ID": layout.output.name,
        "STATE_PATH": str(folder / "state"),
        **({} if at_most is None else {"MAX_OFFSETS_PER_TRIGGER": str(at_most)}),
    }
    words = [sys.executable, "-m", "clickstream.torture.job_killed_at", query, point, str(time)]
    with log.open("ab") as written:
        code = subprocess.run(
            words,
            env=kit_environment(given),
            stdout=written,
            stderr=written,
            check=False,
        ).returncode
    if code not in (0, _KILLED):
        raise PartDied(
            f"The job ended with exit code {code}.", next_step=f"See {log}.", details=last_lines(log)
        )
    return code == _KILLED
