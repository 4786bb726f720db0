"""approx_count_distinct(x) as Spark computes it at its default rsd of 0.05, group by group, in columns.

HyperLogLog++ with p = 9. Source: Heule, Nunkesser, Hall, "HyperLogLog in Practice" (EDBT 2013), and for
hash, order of corrections and rounding Spark's `HyperLogLogPlusPlusHelper` (4.2).
"""

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from clickstream.check.expected.grouping import Grouping
from clickstream.check.expected.hyperloglog_tables import MEAN_BIAS, RAW_ESTIMATES

_P = 9
_REGISTERS = 1 << _P
_HASH_SEED = 42
_ALPHA_M2 = (0.7213 / (1.0 + 1.079 / _REGISTERS)) * _REGISTERS * _REGISTERS
_LINEAR_COUNTING_UP_TO = 400.0
_NEIGHBOURS = 6
_RANK_BITS = 6

Slots = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]
Estimates = npt.NDArray[np.float64]


Rows = npt.NDArray[np.bool_] | npt.NDArray[np.int64]


def approx_count_distinct(grouping: Grouping, values: pl.Series, rows: Rows) -> Counts:
    """The estimate of each group; nulls are ignored.

    Args:
        grouping: of the chosen rows.
        values: a dictionary-encoded column of all rows.
        rows: which of them are grouped, as a mask or as indices.
    """
    slots = _slots(values)[rows]
    known = slots >= 0
    noted = np.sort((grouping.of_row[known] << (_P + _RANK_BITS)) | slots[known])
    # Sorted by group, register and rank, the last entry of a register holds its largest rank.
    cells = noted >> _RANK_BITS
    is_largest = np.ones(len(noted), dtype=np.bool_)
    is_largest[:-1] = cells[1:] != cells[:-1]
    largest = noted[is_largest]
    group_of_cell = largest >> (_P + _RANK_BITS)
    ranks = (largest & ((1 << _RANK_BITS) - 1)).astype(np.float64)
    filled = np.bincount(group_of_cell, minlength=grouping.size)
    inverse_sum = np.bincount(group_of_cell, weights=np.exp2(-ranks), minlength=grouping.size)
    return estimate(filled, inverse_sum.astype(np.float64, copy=False))


def _slots(values: pl.Series) -> Slots:
    """The register of each value, -1 for null; each distinct value is hashed once."""
    codes = values.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return codes
    texts = distinct.cast(pl.String).cast(pl.Binary).to_list()
    hashes = np.array([xxhash.xxh64_intdigest(text, _HASH_SEED) for text in texts], dtype=np.uint64)
    slot_of_code = np.full(int(codes.max()) + 2, -1, dtype=np.int64)
    slot_of_code[distinct.to_physical().to_numpy()] = slots_of(hashes)
    # Code -1, null, takes the last entry, which stays -1.
    slots: Slots = slot_of_code[codes]
    return slots


def slots_of(hashes: npt.NDArray[np.uint64]) -> Slots:
    """Register (the top 9 bits) and rank (place of the first 1 after them) of each hash, in one number."""
    registers = hashes >> np.uint64(64 - _P)
    # A 1 at the ninth bit from below ends every run of zeros, as Spark's padding does.
    rest = (hashes << np.uint64(_P)) | np.uint64(1 << (_P - 1))
    ranks = _leading_zeros(rest) + 1
    return (registers.astype(np.int64) << _RANK_BITS) | ranks


def _leading_zeros(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    # frexp is exact on 32 bits; on 64 a float would round up to the next power of two.
    high = (words >> np.uint64(32)).astype(np.float64)
    low = (words & np.uint64(0xFFFFFFFF)).astype(np.float64)
    bits = np.where(high > 0, np.frexp(high)[1] + 32, np.frexp(low)[1])
    return 64 - bits.astype(np.int64)


def estimate(filled: Counts, inverse_sum: Estimates) -> Counts:
    """Spark's estimate from the number of filled registers and the sum of 2^-rank over them."""
    empty = (_REGISTERS - filled).astype(np.float64)
    raw = _ALPHA_M2 / (inverse_sum + empty)
    corrected = np.where(raw < 5.0 * _REGISTERS, raw - _mean_bias(raw), raw)
    has_empty = empty > 0
    linear = _REGISTERS * np.log(_REGISTERS / np.where(has_empty, empty, 1.0))
    takes_linear = has_empty & ((linear <= _LINEAR_COUNTING_UP_TO) | (raw <= 2.5 * _REGISTERS))
    estimates = np.where(takes_linear, linear, corrected)
    rounded: Counts = np.floor(estimates + 0.5).astype(np.int64)
    return rounded


def _mean_bias(raw: Estimates) -> Estimates:
    """The mean bias of the tabled estimates nearest to each raw one: six, or five beyond the last."""
    distinct, places = np.unique(raw, return_inverse=True)
    size = len(RAW_ESTIMATES)
    low = np.maximum(np.searchsorted(RAW_ESTIMATES, distinct) - _NEIGHBOURS + 1, 0)
    high = np.minimum(low + _NEIGHBOURS, size)
    for _ in range(_NEIGHBOURS):
        # The interval moves up while what it would gain is nearer than what it would lose.
        gained = (distinct - RAW_ESTIMATES[np.minimum(high, size - 1)]) ** 2
        moves = (high < size) & (gained < (distinct - RAW_ESTIMATES[low]) ** 2)
        low, high = low + moves, high + moves
    total = np.zeros(len(distinct))
    for neighbour in range(_NEIGHBOURS):
        total += np.where(low + neighbour < high, MEAN_BIAS[np.minimum(low + neighbour, size - 1)], 0.0)
    bias: Estimates = (total / (high - low))[places]
    return bias
