"""A job is started again after a crash: growing pauses, a limit, and never after a refusal."""

from collections.abc import Callable

import pytest

from clickstream.contract.progress import BatchProgress
from clickstream.errors import (
    BrokerUnavailable,
    CheckpointMismatch,
    ClickstreamError,
    FolderNotWritable,
    PartDied,
)
from clickstream.pipeline.process.recovery import HEALTHY_AFTER_S, Recovery
from clickstream.testing import ManualClock

BATCH = BatchProgress("aggregates", 1, 0, {}, 0, 0.0, replayed=False)


class Job:
    """Ends as it is told, attempt by attempt, and well after that."""

    def __init__(self, *endings: ClickstreamError | Callable[[], None]) -> None:
        self.endings = list(endings)
        self.attempts = 0

    def __call__(self) -> None:
        self.attempts += 1
        if not self.endings:
            return
        ending = self.endings.pop(0)
        if isinstance(ending, ClickstreamError):
            raise ending
        ending()


class Told:
    """What a recovery told of its crashes."""

    def __init__(self) -> None:
        self.crashes: list[tuple[str, int, float]] = []

    def __call__(self, crash: ClickstreamError, attempt: int, pause_s: float) -> None:
        self.crashes.append((crash.sentence, attempt, pause_s))


def recovery(told: Told, clock: ManualClock | None = None, **given) -> Recovery:
    defaults = {"attempts": 5, "stop_requested": lambda: False}
    return Recovery(clock=clock or ManualClock(), on_crash=told, **{**defaults, **given})


def died(number: int = 1) -> PartDied:
    return PartDied(f"death {number}", next_step="see the log")


def test_a_job_that_ends_well_runs_once():
    job, told = Job(), Told()
    recovery(told).run(job)
    assert (job.attempts, told.crashes) == (1, [])


def test_each_crash_is_told_with_its_cause_and_a_longer_pause():
    clock, told = ManualClock(), Told()
    recovery(told, clock).run(Job(died(1), died(2), died(3)))
    assert told.crashes == [("death 1", 1, 1.0), ("death 2", 2, 2.0), ("death 3", 3, 4.0)]
    assert clock.monotonic_s() == pytest.approx(7.0, abs=0.5)


def test_no_pause_is_longer_than_a_minute():
    told = Told()
    recovery(told, attempts=9).run(Job(*(died() for _ in range(9))))
    assert max(pause_s for _sentence, _attempt, pause_s in told.crashes) == 60.0


def test_after_the_last_attempt_the_last_cause_is_the_error():
    job, told = Job(*(died(number) for number in range(1, 9))), Told()
    with pytest.raises(PartDied, match=r"started again 2 times and died each time\. death 3") as end:
        recovery(told, attempts=2).run(job)
    assert job.attempts == 3
    assert end.value.exit_code == 4
    assert end.value.next_step == "see the log"


def test_a_batch_that_lands_after_a_while_of_health_begins_the_count_anew():
    clock, told = ManualClock(), Told()
    recovering = recovery(told, clock, attempts=2)

    def healthy() -> None:
        clock.advance(HEALTHY_AFTER_S)
        recovering.landed(BATCH)
        raise died()

    def lands_at_once() -> None:
        recovering.landed(BATCH)
        raise died()

    recovering.run(Job(died(), died(), healthy, lands_at_once))
    assert [attempt for _sentence, attempt, _pause_s in told.crashes] == [1, 2, 1, 2]


@pytest.mark.parametrize("refusal", [CheckpointMismatch("other settings"), BrokerUnavailable("no broker")])
def test_what_a_first_start_refuses_is_no_crash(refusal: ClickstreamError):
    job, told = Job(refusal), Told()
    with pytest.raises(type(refusal)):
        recovery(told).run(job)
    assert (job.attempts, told.crashes) == (1, [])


def test_a_broker_that_is_still_away_after_a_crash_counts_as_another():
    told = Told()
    recovery(told).run(Job(died(), BrokerUnavailable("no answer")))
    assert [sentence for sentence, _attempt, _pause_s in told.crashes] == ["death 1", "no answer"]


def test_a_disk_that_is_full_in_the_middle_of_a_run_counts_as_a_crash():
    told = Told()
    recovering = recovery(told)

    def lands_and_finds_no_room() -> None:
        recovering.landed(BATCH)
        raise FolderNotWritable("no space left")

    recovering.run(Job(lands_and_finds_no_room))
    assert [sentence for sentence, _attempt, _pause_s in told.crashes] == ["no space left"]


def test_a_later_start_that_is_refused_ends_it():
    with pytest.raises(CheckpointMismatch):
        recovery(Told()).run(Job(died(), CheckpointMismatch("topic created anew")))


def test_asked_to_stop_during_a_pause_it_ends_well():
    asked = False

    def ask(_duration_s: float) -> None:
        nonlocal asked
        asked = True

    clock, job = ManualClock(on_sleep=ask), Job(died(), died())
    recovery(Told(), clock, stop_requested=lambda: asked).run(job)
    assert job.attempts == 1
    assert clock.monotonic_s() < 1.0


def test_a_crash_while_it_is_asked_to_stop_is_an_error():
    told = Told()
    with pytest.raises(PartDied, match="death 1"):
        recovery(told, stop_requested=lambda: True).run(Job(died()))
    assert told.crashes == []
