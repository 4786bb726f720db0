"""Rounds of faults in an order that a seed decides, each followed by a verification of all that must hold."""

import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from clickstream.clock import Clock
from clickstream.errors import ClickstreamError, FaultNotSurvived, Interrupted
from clickstream.pipeline.broker_access import JvmParts
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.fault import Fault
from clickstream.torture.faults import broker, crashes, damage, first_batch, full_disk, inputs, stops, topic
from clickstream.torture.verification import verify_all

_KINDS = (crashes, first_batch, stops, broker, topic, damage, full_disk, inputs)
FAULTS: tuple[Fault, ...] = tuple(fault for kind in _KINDS for fault in kind.FAULTS)
"""Every fault there is, by kind."""

_FIRST_EVENTS = 1_200
_SETTLE_EVERY = 5
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Round:
    """One fault that was survived."""

    number: int
    fault: str
    outcome: str
    duration_s: float
    hit: bool
    """False if the fault missed at every try, because what it was meant for had ended before."""


def schedule(seed: int, rounds: int) -> list[Fault]:
    """The faults of a run: each kind once before any comes twice, in an order that the seed decides."""
    chance = random.Random(f"schedule {seed}")  # noqa: S311 - to be repeatable is its purpose
    faults: list[Fault] = []
    while len(faults) < rounds:
        faults += chance.sample(FAULTS, len(FAULTS))
    return faults[:rounds]


def inject_faults(
    folder: Path,
    kafka: JvmParts,
    *,
    seed: int,
    rounds: int,
    clock: Clock,
    stop_requested: Callable[[], bool],
    only: str = "",
    first: int = 1,
) -> Iterator[Round]:
    """Inject faults into a separate run below an empty folder, and verify it after each.

    `seed` chooses the order and every random choice within a round. `rounds` is the last round's number,
    `first` the one to begin with: leaving rounds out does not change the others. `only` names a single fault.

    Raises:
        FaultNotSurvived: something did not hold; names the round, the fault and the command that repeats it.
        Interrupted: it was asked to stop; what it had started is stopped.
    """
    faults = [fault for fault in FAULTS if fault.name == only] * rounds if only else schedule(seed, rounds)
    again = (
        f"clickstream torture --seed {seed}"
        + (f" --only {only}" if only else "")
        + (f" --from {first}" if first > 1 else "")
    )
    with Arena(folder, kafka, clock).running() as arena:
        arena.produce(_FIRST_EVENTS)
        arena.settle()
        for number, fault in enumerate(faults[first - 1 :], start=first):
            if stop_requested():
                raise Interrupted(f"Stopped before round {number}.", next_step="Run the command again.")
            begun_s = clock.monotonic_s()
            try:
                outcome, hit = _inject(fault, arena, seed, number)
                # What a crash has left is verified before the next job repairs it.
                verify_all(arena)
                if number % _SETTLE_EVERY == 0 or number == rounds:
                    arena.settle()
                    verify_all(arena)
            except Exception as error:
                raise _not_survived(
                    error,
                    f"Round {number}, {fault.name}",
                    f"To repeat it: {again} --rounds {number}. Files and logs are in {folder}.",
                ) from error
            yield Round(number, fault.name, outcome, clock.monotonic_s() - begun_s, hit)


def _inject(fault: Fault, arena: Arena, seed: int, number: int) -> tuple[str, bool]:
    """Inject a fault, again if it misses; what it did, and whether it hit at all."""
    misses: list[str] = []
    while len(misses) < _TRIES:
        chance = random.Random(f"{seed} {number} {len(misses)}")  # noqa: S311 - to be repeatable is its purpose
        try:
            return fault.inject(arena, chance), True
        except (FaultMissed, psutil.NoSuchProcess) as missed:
            misses.append(str(missed))
            arena.abandon()
    return f"missed: {'; '.join(misses)}", False


def _not_survived(error: Exception, where: str, next_step: str) -> FaultNotSurvived:
    if isinstance(error, ClickstreamError):
        return FaultNotSurvived(f"{where}: {error.sentence}", next_step=next_step, details=error.details)
    lines = "".join(traceback.format_exception(error)).splitlines()
    return FaultNotSurvived(f"{where}: {error!r}", next_step=next_step, details=tuple(lines[-12:]))
