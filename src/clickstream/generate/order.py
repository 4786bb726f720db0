"""Records out of order: some change places with the next one of their partition, within blocks of indices."""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np

from clickstream.generate.draws import Columns, Draws, FaultDraw, Flags, Purpose

BLOCK = 4_096
"""Indices among which records change places, so that the order is known from any index on."""


class SendingOrder:
    """Which record is sent in which place.

    A record changes places at most once, so one half of all can be sent late at most, and `rate` ends there.

    Args:
        seed: the stream's.
        rate: share of the records that are sent after the next one of their partition, 0 … 1/2.
        partitions_of: the partitions of records `first` … `first + count - 1`.
    """

    def __init__(self, seed: int, rate: Fraction, partitions_of: Callable[[int, int], Columns]) -> None:
        self._seed = seed
        self._chosen_rate = chosen_rate(rate)
        self._partitions_of = partitions_of
        self._block = lru_cache(maxsize=2)(self._make_block)

    def sent(self, first: int, count: int) -> Columns:
        """The index of the record that is sent in each of the places `first` … `first + count - 1`."""
        if not self._chosen_rate or not count:
            return np.arange(first, first + count, dtype=np.int64)
        blocks = range(first // BLOCK, (first + count - 1) // BLOCK + 1)
        order = np.concatenate([self._block(number) for number in blocks])
        begin = first - blocks.start * BLOCK
        return order[begin : begin + count]

    def _make_block(self, number: int) -> Columns:
        first = number * BLOCK
        partitions = self._partitions_of(first, BLOCK)
        chosen = Draws(self._seed, Purpose.FAULTS, first, BLOCK).happens(
            FaultDraw.IS_OUT_OF_ORDER, self._chosen_rate
        )
        return first + swapped(partitions, chosen)


def swapped(partitions: Columns, chosen: Flags) -> Columns:
    """The sending order when the chosen records change places with the next one of their partition.

    Of chosen ones that follow one another in a partition, every other one moves.
    """
    count = len(partitions)
    by_partition = np.argsort(partitions, kind="stable")
    chosen = chosen[by_partition]
    # The last of a partition has none to change places with, and ends a run as well.
    has_next = np.append(np.diff(partitions[by_partition]) == 0, False)[:count]
    run_begins = chosen & ~np.append(False, (chosen & has_next)[:-1])[:count]
    places = np.arange(count)
    in_run = places - np.maximum.accumulate(np.where(run_begins, places, 0))
    moves = np.flatnonzero(chosen & has_next & (in_run % 2 == 0))
    order = np.arange(count, dtype=np.int64)
    one, other = by_partition[moves], by_partition[moves + 1]
    order[one], order[other] = other, one
    return order


def chosen_rate(rate: Fraction) -> Fraction:
    """How many records must be chosen so that this share of all is sent late.

    Of records that follow one another in a partition and are all chosen, every other one moves: of a share p
    of chosen ones p / (1 + p) do.
    """
    return min(Fraction(1), rate / (1 - rate))
