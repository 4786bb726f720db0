"""Random draws that are the same on every machine: raw Philox words and integer arithmetic.

NumPy promises the raw stream of a bit generator, not that of its distributions (NEP 19), so none of
those is used here. Philox is counter-based (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
SC 2011): the words of event i are found without making those of the events before it.
"""

from enum import IntEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]

_WORDS_PER_EVENT = 8
# A counter step of Philox 4x64 makes four words.
_STEPS_PER_EVENT = _WORDS_PER_EVENT // 4
_HALF_BITS = np.uint64(32)
_LOW_HALF = np.uint64(2**32 - 1)


class Draw(IntEnum):
    """What each 32-bit half word of an event decides; a place is never given to something else."""

    USER = 0
    SESSION_IS_NULL = 1
    SESSION = 2
    EVENT_TYPE = 3
    PAGE = 4
    REFERRER = 5
    CAMPAIGN = 6
    LATENCY = 7
    REVENUE = 8
    IS_LATE = 9
    LATENESS = 10
    IS_MALFORMED = 11
    FAULT = 12


class Draws:
    """The draws of the events `first` to `first + count - 1` of a seed; equal however they are cut."""

    def __init__(self, seed: int, first: int, count: int) -> None:
        words = np.random.Philox(key=seed, counter=first * _STEPS_PER_EVENT).random_raw(
            count * _WORDS_PER_EVENT
        )
        self._words: npt.NDArray[np.uint64] = np.asarray(words, dtype=np.uint64).reshape(
            count, _WORDS_PER_EVENT
        )

    def below(self, draw: Draw, limit: int) -> Columns:
        """Whole numbers from 0 to `limit` - 1, `limit` at most 2**32, one per event.

        Multiply and shift (Lemire, "Fast random integer generation in an interval", 2019) without
        rejection: no number is favoured by more than `limit` in 2**32.
        """
        return ((self._bits(draw) * np.uint64(limit)) >> _HALF_BITS).astype(np.int64)

    def happens(self, draw: Draw, rate: Fraction) -> npt.NDArray[np.bool_]:
        """Whether something of this rate (0 … 1) happens, one answer per event."""
        return self._bits(draw) < np.uint64(int(rate * 2**32))

    def _bits(self, draw: Draw) -> npt.NDArray[np.uint64]:
        word, half = divmod(int(draw), 2)
        column = self._words[:, word]
        return column & _LOW_HALF if half else column >> _HALF_BITS
