"""Why no files are written, or why Spark has not accepted any resources."""

from collections.abc import Sequence

from clickstream.contract.diagnosis import Diagnosis, ok, problem, warning
from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.status import KitStatus, PartState
from clickstream.runtime.machine.resources import heap_bytes
from clickstream.runtime.spark_cluster.web_page import WorkerOffer
from clickstream.settings import Settings

_FILES, _RESOURCES = "landed files", "Spark's resources"
_COMPLAINT = "“Initial job has not accepted any resources”"


def diagnose_files(status: KitStatus, settings: Settings) -> Diagnosis:
    """Why no files are written, in the order of the stages: broker, topic, producer, job, watermark."""
    running = {part.name for part in status.parts if part.state is PartState.RUNNING}
    rows = sum(status.rows_landed.values())
    if status.topic is None:
        return _without_topic(status, running, rows)
    topic = f"Topic {status.topic.name}"
    if not status.topic.offset_count:
        if PRODUCER in running:
            sentence = f"{topic} is empty, though the producer runs: nothing has been acknowledged yet."
            return warning(_FILES, sentence, f"clickstream logs {PRODUCER}")
        return problem(_FILES, f"{topic} is empty, and no producer runs.", "clickstream up")
    if not rows:
        if STREAM in running:
            sentence = (
                f"{topic} has {status.topic.offset_count:,} offsets, and the job has not landed a batch yet."
            )
            return warning(_FILES, sentence, f"clickstream logs {STREAM}")
        sentence = f"{topic} has {status.topic.offset_count:,} offsets, and no job runs."
        return problem(_FILES, sentence, "clickstream up")
    windowed = [table.name for table in settings.pipeline.windowed_tables]
    if not any(status.rows_landed.get(table) for table in windowed):
        return _no_window_yet(PRODUCER in running, rows, settings)
    lags = [query.lag for query in status.queries if query.lag is not None]
    if STREAM not in running and lags and max(lags):
        sentence = f"{rows:,} rows have landed, but {max(lags):,} offsets are not read and no job runs."
        return warning(_FILES, sentence, "clickstream up")
    behind = f"; the slowest query is {max(lags):,} offsets behind" if lags else ""
    return ok(_FILES, f"{rows:,} rows have landed{behind}.")


def _without_topic(status: KitStatus, running: set[str], rows: int) -> Diagnosis:
    why = status.notes[0] if status.notes else "The topic cannot be read."
    if any(part.state is PartState.NO_ANSWER for part in status.parts):
        fix = "Start that broker, or set KAFKA_BOOTSTRAP_SERVERS to one that runs; empty, `up` starts one."
        return problem(_FILES, why, fix)
    if running:
        return problem(_FILES, why, "clickstream up")
    if rows:
        return ok(_FILES, f"{rows:,} rows have landed; nothing runs now.")
    return ok(_FILES, "Nothing was started here yet. To start: `clickstream up`.")


def _no_window_yet(producing: bool, rows: int, settings: Settings) -> Diagnosis:
    table, length = next(iter(settings.windows.of_tables().items()))
    sentence = (
        f"{rows:,} rows have landed, but no window yet: a window lands when events are WATERMARK_DELAY"
        f" ({settings.stream.watermark_delay}) past its end, which is {length} after its start in {table}."
    )
    if producing:
        return ok(_FILES, f"{sentence} Wait for it.")
    return warning(_FILES, f"{sentence} No producer runs, so the watermark does not move.", "clickstream up")


def diagnose_resources(settings: Settings, offers: Sequence[WorkerOffer] | None, *, master: str) -> Diagnosis:
    """Whether a cluster has a worker that an executor fits on, which takes SPARK_WORKER_MEMORY and a core.

    `offers` is None if the master does not answer; `master` is empty if the job runs in one JVM.
    """
    if not master:
        return ok(_RESOURCES, "The job runs in one JVM on this machine and needs no cluster.")
    start = "clickstream up --spark standalone"
    if offers is None:
        return problem(_RESOURCES, f"No master answers at {master}.", start)
    if not offers:
        return problem(_RESOURCES, f"{_COMPLAINT}: {master} has no running worker.", start)
    asked = settings.runtime.spark_worker_memory
    asked_mib = heap_bytes(asked) // 2**20
    largest_mib = max(offer.memory_mib for offer in offers)
    if largest_mib < asked_mib:
        return problem(
            _RESOURCES,
            f"{_COMPLAINT}: an executor asks for {asked} of memory (SPARK_WORKER_MEMORY), and the largest of"
            f" {len(offers)} workers of {master} offers {largest_mib}m.",
            f"SPARK_WORKER_MEMORY={largest_mib}m clickstream restart {STREAM}",
        )
    free = [offer for offer in offers if offer.memory_free_mib >= asked_mib and offer.cores_free]
    taken = sum(offer.cores - offer.cores_free for offer in offers)
    if not free and not taken:
        return problem(_RESOURCES, f"{_COMPLAINT}: no worker of {master} offers a core.", start)
    workers = f"{len(offers)} worker{'s' if len(offers) > 1 else ''} of {master}"
    cores = sum(offer.cores for offer in offers)
    return ok(_RESOURCES, f"{workers}, {taken} of {cores} cores taken.")
