"""Rounds of faults in an order that a seed decides, each followed by a look at all that must hold."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clickstream.clock import Clock
from clickstream.errors import FaultNotSurvived, Interrupted
from clickstream.operate.torture.arena import Arena
from clickstream.operate.torture.broker_faults import BROKER_FAULTS
from clickstream.operate.torture.crashes import CRASHES
from clickstream.operate.torture.damage import DAMAGE
from clickstream.operate.torture.fault import Fault
from clickstream.operate.torture.inputs import INPUTS
from clickstream.operate.torture.promises import hold_the_promises
from clickstream.operate.torture.refusals import REFUSALS
from clickstream.pipeline.broker_access import JvmParts

FAULTS: tuple[Fault, ...] = (*CRASHES, *BROKER_FAULTS, *DAMAGE, *REFUSALS, *INPUTS)
"""Every fault there is, by kind."""

_FIRST_EVENTS = 1_200
_SETTLE_EVERY = 5


@dataclass(frozen=True, slots=True)
class Round:
    """One fault that was inflicted and survived."""

    number: int
    fault: str
    outcome: str
    duration_s: float
    rows_checked: int


def schedule(seed: int, rounds: int) -> list[Fault]:
    """The faults of a run: each kind once before any comes twice, in an order that the seed decides."""
    chance = random.Random(f"schedule {seed}")  # noqa: S311 - to be repeatable is its purpose
    faults: list[Fault] = []
    while len(faults) < rounds:
        faults += chance.sample(FAULTS, len(FAULTS))
    return faults[:rounds]


def torment(
    folder: Path,
    kafka: JvmParts,
    *,
    seed: int,
    rounds: int,
    clock: Clock,
    stop_requested: Callable[[], bool],
    only: str = "",
) -> Iterator[Round]:
    """Inflict `rounds` faults on a run of its own below `folder`, and yield each that was survived.

    Args:
        folder: an empty one; what happened stays there.
        kafka: Java and the broker's jars.
        seed: chooses the order and every random choice within a round.
        rounds: how many faults.
        clock: for deadlines and durations.
        stop_requested: asked before each round.
        only: the name of a fault, to inflict no other.

    Raises:
        FaultNotSurvived: something did not hold; names the round and the fault.
        Interrupted: it was asked to stop; what it had started is stopped.
    """
    faults = schedule(seed, rounds)
    if only:
        faults = [fault for fault in FAULTS if fault.name == only] * rounds
    with Arena(folder, kafka, clock).running() as arena:
        arena.produce(_FIRST_EVENTS)
        arena.settle()
        for number, fault in enumerate(faults, start=1):
            if stop_requested():
                raise Interrupted(f"Stopped before round {number}.", next_step="Run it again when you like.")
            begun_s = clock.monotonic_s()
            try:
                outcome = fault.inflict(arena, random.Random(f"{seed} {number}"))  # noqa: S311 - as above
                if number % _SETTLE_EVERY == 0 or number == len(faults):
                    arena.settle()
                verdict = hold_the_promises(arena)
            except FaultNotSurvived as error:
                raise FaultNotSurvived(
                    f"Round {number}, {fault.name}: {error.sentence}",
                    next_step=f"Again: clickstream torture --seed {seed} --rounds {number}. "
                    f"What happened is in {folder}.",
                    details=error.details,
                ) from error
            rows = sum(table.rows_landed for table in verdict.tables)
            yield Round(number, fault.name, outcome, clock.monotonic_s() - begun_s, rows)
