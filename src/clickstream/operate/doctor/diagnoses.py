"""Everything that a kit needs, checked in a second, with how to fix each problem."""

from collections.abc import Iterator

from clickstream.broker.topics import TopicDescription, describe_topic
from clickstream.clock import Clock
from clickstream.contract.diagnosis import Diagnosis, Health, ok, problem
from clickstream.contract.part_names import REDPANDA, SPARK_MASTER
from clickstream.errors import ClickstreamError, EnvironmentNotReady
from clickstream.operate.doctor.missing_output import diagnose_files, diagnose_resources
from clickstream.operate.doctor.stale_records import diagnose_records, living_pids
from clickstream.operate.parts.names import running_container
from clickstream.operate.start.backend import Backend, chosen_backend, heaps_to_start
from clickstream.operate.status.kit_status import BROKER_DEADLINE_S, StatusReader
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.run import folders_of
from clickstream.pipeline.start.machine_checks import machine_findings
from clickstream.pipeline.start.start_checks import StartCheck, place_check, run_checks
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA, cache_folder
from clickstream.runtime.kafka.docker import EngineAnswer, ask_engine
from clickstream.runtime.machine import installed
from clickstream.runtime.machine.resources import diagnose_folder, diagnose_port
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.web_page import offers
from clickstream.settings import Settings


def diagnoses(settings: Settings, clock: Clock) -> Iterator[Diagnosis]:
    """Look at one thing after another; what cannot be looked at is a finding, never an error."""
    cache = cache_folder(settings.paths.cache)
    engine = ask_engine()
    backend, chosen = _backend(settings, engine)
    embedded = backend == "embedded"
    yield installed.diagnose_python()
    yield installed.diagnose_java(settings.runtime.java_home)
    yield installed.diagnose_pyspark()
    yield installed.diagnose_jars((SPARK_KAFKA, KAFKA) if embedded else (SPARK_KAFKA,), cache)
    yield ok("Docker", f"{engine.reason[0].upper()}{engine.reason[1:]}.")
    yield chosen
    yield from machine_findings(settings, heaps_to_start(settings, backend), clock)
    for setting, folder in (folders_of(settings.paths) | {"CACHE_PATH": cache}).items():
        yield diagnose_folder(setting, folder)
    yield from _ports(settings, backend)
    yield from diagnose_records(settings.paths.state.absolute())
    yield _resources(settings)
    status = StatusReader(settings, clock).read()
    yield from _start_checks(settings, clock, broker_answers=status.topic is not None)
    yield diagnose_files(status, settings)


def exit_code_of(found: list[Diagnosis]) -> int:
    """3 if something must be fixed, else 0."""
    problems = any(each.health is Health.PROBLEM for each in found)
    return EnvironmentNotReady.exit_code if problems else 0


def _backend(settings: Settings, engine: EngineAnswer) -> tuple[Backend | None, Diagnosis]:
    try:
        taken = chosen_backend(settings, lambda: engine)
    except ClickstreamError as error:
        return None, problem("broker", error.sentence, error.next_step)
    sentence = f"`up` uses the {taken.name} broker, because {taken.reason}."
    return taken.name, ok("broker", sentence)


def _ports(settings: Settings, backend: Backend | None) -> Iterator[Diagnosis]:
    ours = living_pids(settings.paths.state)
    container = running_container(settings)
    # The engine listens for a container, under a pid that is not the kit's.
    published = container.address if container is not None else ""
    for field, info in type(settings.runtime).model_fields.items():
        setting = str(info.alias)
        port = getattr(settings.runtime, field)
        if not (setting.endswith("_PORT") and port):  # 0 takes a free one
            continue
        if published.endswith(f":{port}"):
            yield ok("ports", f"{setting}={port} is held by this kit's own {REDPANDA}.")
            continue
        needed = {"EMBEDDED_KAFKA_PORT": backend == "embedded", "REDPANDA_PORT": backend == "redpanda"}
        # A default port that is taken is replaced by a free one.
        insists = needed.get(setting, True) and settings.runtime.given_port(field) is not None
        yield diagnose_port(setting, port, ours=ours, needed=insists)


def _resources(settings: Settings) -> Diagnosis:
    own = StartedProcess.running(SPARK_MASTER, settings.paths.state)
    named = settings.stream.master_url
    if own is not None and named in (own.address, "local[*]"):
        return diagnose_resources(settings, offers(own), master=own.address)
    if named.startswith("spark://"):
        return diagnose_resources(settings, offers(named), master=named)
    return diagnose_resources(settings, None, master="")


def _start_checks(settings: Settings, clock: Clock, *, broker_answers: bool) -> Iterator[Diagnosis]:
    """A finding for each check that a start makes of generator, job and run; they change nothing."""
    yield _found(StartCheck("generator", lambda: _generator(settings, clock)))
    yield _found(place_check(settings))
    for check in run_checks(settings, _topic(settings) if broker_answers else None):
        yield _found(check)


def _found(check: StartCheck) -> Diagnosis:
    try:
        return ok(check.subject, check.look())
    except ClickstreamError as error:
        return problem(check.subject, error.sentence, error.next_step)


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
