"""What a start refuses without a broker or a JVM: looked at before anything is started or stopped.

`up`, `restart`, `demo` and `stream` refuse the first check that fails; `doctor` reports every one of them.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from clickstream.broker.topics import TopicDescription
from clickstream.contract.diagnosis import Check, first_refusal
from clickstream.contract.run.layout import Layout
from clickstream.contract.stages import Stage
from clickstream.errors import EnvironmentNotReady
from clickstream.pipeline.run import folders_of, layout_of, run_terms
from clickstream.pipeline.start.spark_access import cluster_access, spark_properties
from clickstream.runtime.java.jars import cache_folder
from clickstream.runtime.machine.installed import java_found
from clickstream.runtime.machine.path_names import folders_of_this_machine, usable_names
from clickstream.runtime.machine.process_limits import (
    enough_open_files,
    enough_threads,
    raise_open_files,
    user_with_a_name,
)
from clickstream.runtime.machine.resources import enough_disk, enough_memory, folder_can_be_written
from clickstream.runtime.machine.temporary_folder import folder_runs_programs
from clickstream.settings import Settings, shell_tmpdir
from clickstream.sinks.start.output_matches_records import HASHED_BATCHES, verified_files
from clickstream.sinks.start.run_lock import refuse_held
from clickstream.sinks.start.run_terms import begun_run


def machine_checks(settings: Settings, heaps: Sequence[str]) -> Iterator[Check]:
    """What JVMs with these largest heaps need of the machine."""
    yield Check("paths", lambda: usable_names(folders_of_this_machine() | _folders(settings)))
    yield Check("open files", partial(enough_open_files, settings.broker.partitions))
    yield Check("threads", enough_threads)
    yield Check("user", partial(user_with_a_name, os.getuid()))
    yield Check("temporary folder", partial(folder_runs_programs, settings.paths.state, shell_tmpdir()))
    yield Check("memory", partial(enough_memory, heaps))
    yield Check("disk", partial(enough_disk, folders_of(settings.paths)))


def refuse_machine(settings: Settings, heaps: Sequence[str], on_stage: Stage, *, java: bool = True) -> None:
    """Return only if JVMs with these heaps, or containers, can start here; prints what may be too little.

    Raises the soft limit of open files as far as it is allowed, for this process and its children.
    """
    raise_open_files(settings.broker.partitions)
    first_refusal([java_check(settings)] if java else [], on_stage)
    first_refusal(machine_checks(settings, heaps), on_stage)


@contextmanager
def refusals_first(settings: Settings) -> Iterator[None]:
    """If Java, jars or the broker are not ready in the block, what folders and run refuse comes first.

    So a start with a wrong setting has one exit code, whether a broker runs or not.
    """
    try:
        yield
    except EnvironmentNotReady:
        first_refusal([*folder_checks(settings), *run_checks(settings)])
        raise


def folder_checks(settings: Settings) -> Iterator[Check]:
    """Whether the folders of every part can be written."""
    for setting, folder in _folders(settings).items():
        yield Check("folders", partial(folder_can_be_written, setting, folder))


def java_check(settings: Settings) -> Check:
    """Whether there is a Java that Spark and Kafka run on."""
    return Check("Java", partial(java_found, settings.runtime.java_home))


def run_checks(
    settings: Settings, topic: TopicDescription | None = None, *, landed: bool = True
) -> Iterator[Check]:
    """What the job needs of its run: settings as at its begin, a whole checkpoint, files as they landed.

    These checks may run while the job runs. The id of `topic` is compared if a broker has described it;
    with `landed`, also the landed files with their batch records.
    """
    layout = layout_of(settings.paths)
    yield Check("run", partial(_run, settings, layout, topic))
    if landed:
        yield Check("landed output", partial(_landed, layout))


def place_check(settings: Settings) -> Check:
    """Whether the job can run where SPARK_MASTER_URL says."""
    return Check("job", partial(_place, settings))


def job_checks(settings: Settings, *, runs: bool = False) -> Iterator[Check]:
    """What the job needs: where it runs, its run, and unless it `runs` itself, no job on its checkpoint."""
    yield place_check(settings)
    if not runs:
        yield Check("checkpoint", partial(_free, layout_of(settings.paths)))
    yield from run_checks(settings)


def _folders(settings: Settings) -> dict[str, Path]:
    return folders_of(settings.paths) | {"CACHE_PATH": cache_folder(settings.paths.cache)}


def _place(settings: Settings) -> str:
    cluster_access(settings)
    spark_properties(settings)
    return f"The job can run at SPARK_MASTER_URL={settings.stream.master_url}."


def _free(layout: Layout) -> str:
    refuse_held(layout)
    return f"No job runs on {layout.checkpoint}."


def _run(settings: Settings, layout: Layout, topic: TopicDescription | None) -> str:
    if begun_run(layout, run_terms(settings, topic), settings.pipeline) is None:
        return f"No run has begun in {layout.output} yet."
    return f"The run in {layout.output} can continue with these settings, and its checkpoint is complete."


def _landed(layout: Layout) -> str:
    files = len(verified_files(layout))
    if not files:
        return f"No file has landed in {layout.output} yet."
    return (
        f"{files:,} landed files in {layout.output} have the size in their batch record; those of the newest"
        f" {HASHED_BATCHES} batches have its hash, too."
    )
