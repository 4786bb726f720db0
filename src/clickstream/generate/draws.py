"""Random draws that are the same on every machine: raw Philox words and integer arithmetic.

NumPy promises the raw stream of a bit generator, not that of its distributions (NEP 19), so none of
those is used here. Philox is counter-based (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
SC 2011): the words of item i are found without making those of the items before it.
"""

from enum import Enum, IntEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A counter step of Philox 4x64 makes four words.
_WORDS_PER_STEP = 4
_HALF_BITS = np.uint64(32)
_LOW_HALF = np.uint64(2**32 - 1)
# The seed is the lower half of Philox's key, the purpose the upper one.
_SEED_BITS = 64
_GROUP_BITS = 32


class FaultDraw(IntEnum):
    """What each half word decides of what goes wrong with an event; no place is given to something else."""

    IS_LATE = 0
    LATENESS = 1
    IS_MALFORMED = 2
    WAY_TO_BREAK = 3
    IS_FUTURE = 4
    AHEAD = 5
    LACKS_FIELD = 6
    LACKING_FIELD = 7
    IS_DUPLICATE = 8
    IS_OUT_OF_ORDER = 9


class Purpose(Enum):
    """What a set of draws is for: (upper half of the key, counter steps of four words for each item)."""

    FIELDS = (0, 3)
    WALK = (1, 1)
    FAULTS = (2, 3)
    FURTHER_FIELDS = (3, 4)
    DECLARED_FIELDS = (4, 4)


class Draws:
    """The draws of the items `first` to `first + count - 1` for a purpose; equal however they are cut.

    Groups of a purpose have different draws.
    """

    def __init__(self, seed: int, purpose: Purpose, first: int, count: int, group: int = 0) -> None:
        high_key, steps = purpose.value
        high_key |= group << _GROUP_BITS
        words = np.random.Philox(key=seed | high_key << _SEED_BITS, counter=first * steps).random_raw(
            count * steps * _WORDS_PER_STEP
        )
        self._words: npt.NDArray[np.uint64] = np.asarray(words, dtype=np.uint64).reshape(
            count, steps * _WORDS_PER_STEP
        )

    def taken(self, rows: Columns) -> "Draws":
        """The draws of some of the items, in the given order."""
        chosen = object.__new__(Draws)
        chosen._words = self._words[rows]
        return chosen

    def below(self, draw: int, limit: int) -> Columns:
        """Whole numbers from 0 to `limit` - 1, `limit` at most 2**32, one per item.

        Multiply and shift (Lemire, "Fast random integer generation in an interval", 2019) without
        rejection: no number is favoured by more than `limit` in 2**32.
        """
        return self.below_each(draw, np.uint64(limit))

    def below_each(self, draw: int, limits: np.uint64 | npt.NDArray[np.uint64]) -> Columns:
        """The same with a limit for each item."""
        return ((self._bits(draw) * limits) >> _HALF_BITS).astype(np.int64)

    def between(self, draw: int, bounds: tuple[int, int]) -> Columns:
        """Whole numbers within bounds, both included, one per item."""
        smallest, largest = bounds
        return smallest + self.below(draw, largest - smallest + 1)

    def happens(self, draw: int, rate: Fraction) -> Flags:
        """Whether something of this rate (0 … 1) happens, one answer per item."""
        return self._bits(draw) < np.uint64(int(rate * 2**32))

    def _bits(self, draw: int) -> npt.NDArray[np.uint64]:
        word, half = divmod(draw, 2)
        column = self._words[:, word]
        return column & _LOW_HALF if half else column >> _HALF_BITS
