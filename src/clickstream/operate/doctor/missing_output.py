"""Why no files are written, or why Spark has not accepted any resources."""

from collections.abc import Sequence

from clickstream.contract.diagnosis import Caution
from clickstream.contract.part_names import PRODUCER, SPARK_MASTER, STREAM
from clickstream.contract.status import KitStatus, PartState
from clickstream.errors import MachineNotReady
from clickstream.runtime.machine.resources import heap_bytes
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.web_page import WorkerOffer, offers
from clickstream.settings import Settings

_COMPLAINT = "“Initial job has not accepted any resources”"


def landed_files(status: KitStatus, settings: Settings) -> str | Caution:
    """Why no files are written, in the order of the stages: broker, topic, producer, job, watermark.

    Raises:
        MachineNotReady: something that writes them is not there.
    """
    running = {part.name for part in status.parts if part.state is PartState.RUNNING}
    rows = sum(status.rows_landed.values())
    if status.topic is None:
        return _without_topic(status, running, rows)
    topic = f"Topic {status.topic.name} has {status.topic.offset_count:,} offsets"
    if not status.topic.offset_count:
        if PRODUCER in running:
            sentence = f"{topic}, though the producer runs: nothing has been acknowledged yet."
            return Caution(sentence, f"clickstream logs {PRODUCER}")
        raise MachineNotReady(f"{topic}, and no producer runs.", next_step="clickstream up")
    if not rows:
        if STREAM in running:
            return Caution(f"{topic}, and the job has not landed a batch yet.", f"clickstream logs {STREAM}")
        raise MachineNotReady(f"{topic}, and no job runs.", next_step="clickstream up")
    if not any(status.rows_landed.get(table.name) for table in settings.pipeline.windowed_tables):
        return _no_window_yet(PRODUCER in running, rows, settings)
    lags = [query.lag for query in status.queries if query.lag is not None]
    if STREAM not in running and lags and max(lags):
        sentence = f"{rows:,} rows have landed, but {max(lags):,} offsets are not read and no job runs."
        return Caution(sentence, "clickstream up")
    behind = f"; the slowest query is {max(lags):,} offsets behind" if lags else ""
    return f"{rows:,} rows have landed{behind}."


def _without_topic(status: KitStatus, running: set[str], rows: int) -> str:
    why = status.notes[0] if status.notes else "The topic cannot be read."
    if any(part.state is PartState.NO_ANSWER for part in status.parts):
        fix = "Start that broker, or set KAFKA_BOOTSTRAP_SERVERS to one that runs; empty, `up` starts one."
        raise MachineNotReady(why, next_step=fix)
    if running:
        raise MachineNotReady(why, next_step="clickstream up")
    if rows:
        return f"{rows:,} rows have landed; nothing runs now."
    return "Nothing was started here yet. To start: `clickstream up`."


def _no_window_yet(producing: bool, rows: int, settings: Settings) -> str | Caution:
    table, length = next(iter(settings.windows.of_tables().items()))
    sentence = (
        f"{rows:,} rows have landed, but no window yet: a window lands when events are WATERMARK_DELAY"
        f" ({settings.stream.watermark_delay}) past its end, which is {length} after its start in {table}."
    )
    if producing:
        return f"{sentence} Wait for it."
    return Caution(f"{sentence} No producer runs, so the watermark does not move.", "clickstream up")


def spark_resources(settings: Settings) -> str:
    """What the cluster of the job offers, if it has one."""
    own = StartedProcess.running(SPARK_MASTER, settings.paths.state)
    named = settings.stream.master_url
    if own is not None and named in (own.address, "local[*]"):
        return resources_of(settings, offers(own), master=own.address)
    if named.startswith("spark://"):
        return resources_of(settings, offers(named), master=named)
    return "The job runs in one JVM on this machine and needs no cluster."


def resources_of(settings: Settings, offered: Sequence[WorkerOffer] | None, *, master: str) -> str:
    """What a master's workers offer, of which an executor takes SPARK_WORKER_MEMORY and a core.

    `offered` is None if the master does not answer.

    Raises:
        MachineNotReady: an executor fits on none of them.
    """
    start = "clickstream up --spark standalone"
    if offered is None:
        raise MachineNotReady(f"No master answers at {master}.", next_step=start)
    if not offered:
        raise MachineNotReady(f"{_COMPLAINT}: {master} has no running worker.", next_step=start)
    asked = settings.runtime.spark_worker_memory
    largest_mib = max(offer.memory_mib for offer in offered)
    workers = f"{len(offered)} worker{'s' if len(offered) > 1 else ''} of {master}"
    if largest_mib < heap_bytes(asked) // 2**20:
        raise MachineNotReady(
            f"{_COMPLAINT}: an executor asks for {asked} of memory (SPARK_WORKER_MEMORY), and the largest of"
            f" {workers} offers {largest_mib}m.",
            next_step=f"SPARK_WORKER_MEMORY={largest_mib}m clickstream restart {STREAM}",
        )
    cores = sum(offer.cores for offer in offered)
    if not cores:
        raise MachineNotReady(f"{_COMPLAINT}: no worker of {master} offers a core.", next_step=start)
    return f"{workers}, {cores - sum(offer.cores_free for offer in offered)} of {cores} cores taken."
