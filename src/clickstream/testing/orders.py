"""The same records in other orders and in other batches, drawn from a seed."""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

_Record = TypeVar("_Record")

_MOST_BATCHES = 4


def arrangements(records: Sequence[_Record], seed: int, *, times: int = 3) -> Iterator[list[list[_Record]]]:
    """Shuffle the records and cut them into one to four batches, `times` times; the same for the same seed.

    A job whose result depends neither on order nor on batches gives the same rows for each of them, as long
    as no record is late.
    """
    drawn = random.Random(seed)  # noqa: S311 - repeatable, and no secret
    for _ in range(times):
        shuffled = drawn.sample(records, len(records))
        batches = drawn.randint(1, min(_MOST_BATCHES, max(1, len(shuffled))))
        cuts = sorted(drawn.sample(range(1, len(shuffled)), batches - 1))
        yield [shuffled[begin:end] for begin, end in pairwise([0, *cuts, len(shuffled)])]
