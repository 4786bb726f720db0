"""Rows → groups by several integer keys, in numpy: a group number per row, and one row of each group."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.int64]

_WIDEST = 2**62


@dataclass(frozen=True, slots=True)
class Grouping:
    """`of_row[i]` is the group 0 … `size` - 1 of row i; `row_of[g]` a row of group g."""

    of_row: npt.NDArray[np.int64]
    row_of: npt.NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many groups there are."""
        return len(self.row_of)

    def count(self, rows: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
        """Rows of each group, or only those for which `rows` is true."""
        chosen = self.of_row if rows is None else self.of_row[rows]
        return np.bincount(chosen, minlength=self.size)

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum of `values`, one per row, in each group."""
        return np.bincount(self.of_row, weights=values, minlength=self.size).astype(np.float64, copy=False)


def group_by(*keys: Keys) -> Grouping:
    """Group rows that agree in all keys; int64 each, of equal length."""
    combined = _from_zero(keys[0])
    for key in keys[1:]:
        further = _from_zero(key)
        width = int(further.max(initial=0)) + 1
        if (int(combined.max(initial=0)) + 1) * width >= _WIDEST:
            combined = np.unique(combined, return_inverse=True)[1]
            further = np.unique(further, return_inverse=True)[1]
            width = int(further.max(initial=0)) + 1
        combined = combined * width + further
    distinct, of_row = np.unique(combined, return_inverse=True)
    row_of = np.empty(len(distinct), dtype=np.int64)
    row_of[of_row] = np.arange(len(of_row))
    return Grouping(of_row.astype(np.int64), row_of)


def _from_zero(key: Keys) -> Keys:
    # Python's integers: the span of two int64 may not fit one.
    if len(key) and int(key.max()) - int(key.min()) >= _WIDEST:
        return np.unique(key, return_inverse=True)[1].astype(np.int64)
    return key - key.min() if len(key) else key
