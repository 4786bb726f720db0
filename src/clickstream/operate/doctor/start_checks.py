"""The checks of a start, as findings: what `up` would refuse, and how to fix it."""

from collections.abc import Iterator

from clickstream.broker.topics import TopicDescription, describe_topic
from clickstream.clock import Clock
from clickstream.contract.diagnosis import Diagnosis, ok, problem
from clickstream.errors import ClickstreamError
from clickstream.operate.status.reading import BROKER_DEADLINE_S
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.start_checks import StartCheck, place_check, run_checks
from clickstream.settings import Settings


def diagnose_start(settings: Settings, clock: Clock, *, broker_answers: bool) -> Iterator[Diagnosis]:
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
    from clickstream.pipeline.generator_check import refuse_generator

    refuse_generator(settings.generator, clock)
    return f"A producer can send {settings.generator.rate_per_s:g} events per second."


def _topic(settings: Settings) -> TopicDescription | None:
    try:
        return describe_topic(running_broker(settings), deadline_s=BROKER_DEADLINE_S)
    except ClickstreamError:
        return None
