"""The demo: the whole pipeline once, from an empty folder to a verdict."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from clickstream.check.expected.tables import refuse_unsound_polars_halves
from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.diagnosis import first_refusal
from clickstream.contract.progress import BatchProgress
from clickstream.contract.stages import Stage
from clickstream.errors import Interrupted
from clickstream.pipeline.broker_access import jvm_parts, owned_broker
from clickstream.pipeline.demo.demo_settings import RanWith, keep_ran_with
from clickstream.pipeline.demo.own_folder import empty_own_folder
from clickstream.pipeline.process.process import JobRun, process_with
from clickstream.pipeline.process.session import starting_spark
from clickstream.pipeline.produce.produce import produce, refuse_generator
from clickstream.pipeline.produce.sending import ProducePlan
from clickstream.pipeline.start.start_checks import folder_checks, place_check, refuse_machine
from clickstream.pipeline.verify.verify import verify_topic
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA, Progress
from clickstream.runtime.machine.ports import refuse_port_in_use
from clickstream.settings import Settings, values_of


def run_demo(
    settings: Settings,
    *,
    events: int,
    folder: Path,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_stage: Stage,
    on_batch: Callable[[BatchProgress], None],
    on_download: Progress,
) -> tuple[Verdict, dict[str, float]]:
    """Empty the demo's folder, then broker, events, job, check; stops all that it started.

    Returns the verdict and how many seconds each stage took.

    Settings, folders, Java and ports are checked before the folder is emptied. The job's JVM starts while the
    broker does: two cores, two starts.
    """
    refuse_unsound_polars_halves(settings.pipeline)
    refuse_generator(settings.generator, clock)
    heaps = [settings.stream.driver_memory, settings.runtime.embedded_kafka_memory]
    refuse_machine(settings, heaps, on_stage)
    first_refusal([place_check(settings), *folder_checks(settings)])
    if port := settings.runtime.given_port("embedded_kafka_port"):
        refuse_port_in_use(port, "the embedded broker", "EMBEDDED_KAFKA_PORT")
    empty_own_folder(folder, "demo", ("output", "checkpoints", "state"))
    keep_ran_with(settings.paths.state, RanWith(events, values_of(settings)))
    stages = _Stages(clock, on_stage, stop_requested)
    with ExitStack() as started:
        with stages.timed("prepare Java and jars"):
            spark = jvm_parts(settings, SPARK_KAFKA, on_download)
            kafka = jvm_parts(settings, KAFKA, on_download)
        session = started.enter_context(starting_spark(settings, spark, short_run=True))
        with stages.timed("start the broker"):
            broker = started.enter_context(owned_broker(settings, kafka, clock))
        with stages.timed(f"produce {events:,} events"):
            plan = ProducePlan(count=events, live=False)
            produce(settings, plan, broker, clock=clock, stop_requested=stop_requested, on_ack=_quiet)
        with stages.timed("run the Spark job"):
            run = JobRun(available_now=True, clock=clock, stop_requested=stop_requested, on_batch=on_batch)
            process_with(session, settings, broker, run)
        with stages.timed("check every landed row"):
            verdict = verify_topic(settings, broker, clock=clock, session=session)
        with stages.timed("stop"):
            started.close()
    return verdict, stages.seconds


class _Stages:
    """Prints what begins, keeps how long each stage took, and ends the demo after a request to stop."""

    def __init__(self, clock: Clock, on_stage: Stage, stop_requested: Callable[[], bool]) -> None:
        self._clock = clock
        self._on_stage = on_stage
        self._stop_requested = stop_requested
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        self._on_stage(f"{stage} …")
        begun_s = self._clock.monotonic_s()
        yield
        self.seconds[stage] = self._clock.monotonic_s() - begun_s
        if self._stop_requested():
            raise Interrupted(f"The demo was interrupted: {stage}.", next_step="Run the command again.")


def _quiet(_line: str) -> None:
    """The demo shows counts, not acknowledgements."""
