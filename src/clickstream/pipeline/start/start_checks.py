"""What a start refuses without a broker or a JVM: looked at before anything is started or stopped.

`up`, `restart`, `demo` and `stream` refuse the first check that fails; `doctor` reports every one of them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clickstream.broker.topics import TopicDescription
from clickstream.contract.diagnosis import Health
from clickstream.contract.run.layout import Layout
from clickstream.errors import EnvironmentNotReady, FolderNotWritable
from clickstream.pipeline.run import folders_of, layout_of, run_terms
from clickstream.pipeline.start.spark_access import cluster_access, spark_properties
from clickstream.runtime.java.find import MODULE, find_java
from clickstream.runtime.java.jars import cache_folder
from clickstream.runtime.machine.resources import diagnose_folder
from clickstream.settings import Settings
from clickstream.sinks.start.output_matches_records import HASHED_BATCHES, verified_files
from clickstream.sinks.start.run_lock import refuse_held
from clickstream.sinks.start.run_terms import begun_run


@dataclass(frozen=True, slots=True)
class StartCheck:
    """One check of a start.

    `look` returns a sentence on what it found, or raises the ClickstreamError that the start would raise.
    """

    subject: str
    look: Callable[[], str]


def first_refusal(checks: Iterable[StartCheck]) -> None:
    """Return only if every check passes.

    Raises:
        ClickstreamError: the error of the first check that fails.
    """
    for check in checks:
        check.look()


@contextmanager
def refusals_first(settings: Settings) -> Iterator[None]:
    """If Java, jars or the broker are not ready in the block, what folders and run refuse comes first.

    So a start with a wrong setting has one exit code, whether a broker runs or not.

    Raises:
        UsageError: the run refuses these settings, or is damaged.
    """
    try:
        yield
    except EnvironmentNotReady:
        first_refusal([*folder_checks(settings), *run_checks(settings)])
        raise


def folder_checks(settings: Settings) -> Iterator[StartCheck]:
    """Whether the folders of every part can be written."""
    folders = folders_of(settings.paths) | {"CACHE_PATH": cache_folder(settings.paths.cache)}
    for setting, folder in folders.items():
        yield StartCheck("folders", partial(_writable, setting, folder))


def java_check(settings: Settings) -> StartCheck:
    """Whether there is a Java that Spark and Kafka run on."""
    return StartCheck("Java", partial(_java, settings))


def run_checks(
    settings: Settings, topic: TopicDescription | None = None, *, landed: bool = True
) -> Iterator[StartCheck]:
    """What the job needs of its run: settings as at its begin, a whole checkpoint, files as they landed.

    These checks may run while the job runs. The id of `topic` is compared if a broker has described it;
    with `landed`, also the landed files with their batch records.
    """
    layout = layout_of(settings.paths)
    yield StartCheck("run", partial(_run, settings, layout, topic))
    if landed:
        yield StartCheck("landed output", partial(_landed, layout))


def place_check(settings: Settings) -> StartCheck:
    """Whether the job can run where SPARK_MASTER_URL says."""
    return StartCheck("job", partial(_place, settings))


def job_checks(settings: Settings, *, runs: bool = False) -> Iterator[StartCheck]:
    """What the job needs: where it runs, its run, and unless it `runs` itself, no job on its checkpoint."""
    yield place_check(settings)
    if not runs:
        yield StartCheck("checkpoint", partial(_free, layout_of(settings.paths)))
    yield from run_checks(settings)


def _writable(setting: str, folder: Path) -> str:
    found = diagnose_folder(setting, folder)
    if found.health is Health.PROBLEM and found.subject == "folders":  # a disk that is nearly full may do
        raise FolderNotWritable(found.sentence, next_step=found.fix)
    return found.sentence


def _java(settings: Settings) -> str:
    java = find_java(settings.runtime.java_home)
    return java.note or f"Java {java.version} with {MODULE} in {java.path}."


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
