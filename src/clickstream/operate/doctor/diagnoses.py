"""Everything that a kit needs, checked in a second, with how to fix each problem."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from clickstream.broker.topics import TopicDescription, describe_topic
from clickstream.clock import Clock
from clickstream.contract.diagnosis import Check, Diagnosis, Health
from clickstream.errors import ClickstreamError, EnvironmentNotReady
from clickstream.operate.doctor.missing_output import landed_files, spark_resources
from clickstream.operate.doctor.ports_and_records import port_checks, record_checks
from clickstream.operate.start.backend import Backend, chosen_backend, heaps_to_start
from clickstream.operate.status.kit_status import BROKER_DEADLINE_S, StatusReader
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.start.start_checks import (
    folder_checks,
    java_check,
    machine_checks,
    place_check,
    run_checks,
)
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA, cache_folder
from clickstream.runtime.kafka.docker import EngineAnswer, ask_engine
from clickstream.runtime.machine.installed import jars_found, pyspark_found, python_found
from clickstream.settings import Settings


def diagnoses(settings: Settings, clock: Clock) -> Iterator[Diagnosis]:
    """Look at one thing after another; what cannot be looked at is a finding, never an error."""
    return (check.diagnosis() for check in _checks(settings, clock))


def exit_code_of(found: list[Diagnosis]) -> int:
    """3 if something must be fixed, else 0."""
    problems = any(each.health is Health.PROBLEM for each in found)
    return EnvironmentNotReady.exit_code if problems else 0


def _checks(settings: Settings, clock: Clock) -> Iterator[Check]:
    engine = ask_engine()
    backend: Backend | None = None
    with suppress(ClickstreamError):
        backend = chosen_backend(settings, lambda: engine).name
    locks = (SPARK_KAFKA, KAFKA) if backend == "embedded" else (SPARK_KAFKA,)
    yield Check("Python", python_found)
    yield java_check(settings)
    yield Check("PySpark", pyspark_found)
    yield Check("jars", partial(jars_found, locks, cache_folder(settings.paths.cache)))
    yield Check("Docker", lambda: f"{engine.reason[0].upper()}{engine.reason[1:]}.")
    yield Check("broker", partial(_broker, settings, engine))
    yield from machine_checks(settings, heaps_to_start(settings, backend))
    yield from folder_checks(settings)
    yield from port_checks(settings, backend)
    yield from record_checks(settings.paths.state.absolute())
    yield Check("Spark's resources", partial(spark_resources, settings))
    status = StatusReader(settings, clock).read()
    yield Check("generator", partial(_generator, settings, clock))
    yield place_check(settings)
    yield from run_checks(settings, None if status.topic is None else _topic(settings))
    yield Check("landed files", partial(landed_files, status, settings))


def _broker(settings: Settings, engine: EngineAnswer) -> str:
    taken = chosen_backend(settings, lambda: engine)
    return f"`up` uses the {taken.name} broker, because {taken.reason}."


def _generator(settings: Settings, clock: Clock) -> str:
    # Here, as it brings NumPy, which takes longer than all other checks.
    from clickstream.pipeline.produce.produce import refuse_generator

    refuse_generator(settings.generator, clock)
    return f"A producer can send {settings.generator.rate_per_s:g} events per second."


def _topic(settings: Settings) -> TopicDescription | None:
    try:
        return describe_topic(running_broker(settings), deadline_s=BROKER_DEADLINE_S)
    except ClickstreamError:
        return None
