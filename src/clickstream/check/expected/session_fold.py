"""Session windows by rules 3 to 5, batch by batch: sessions merge while they are open.

Unlike a tumbling window a session that was written may get a late neighbour that is still kept: that one
begins a session of its own. So the batches have to be replayed in order; within a batch all is columns.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clickstream.check.history.batches import NO_BATCH
from clickstream.check.history.timeline import BatchIds, Moments, Timeline

Ids = npt.NDArray[np.int64]

_OPENS, _HAPPENS, _CLOSES = 0, 1, 2
_DEPTH_STEP = np.array([1, 0, -1], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions by number: `user`, `start_us`, `last_us` (the last event), and the batch that wrote it.

    `completed_in` is `NO_BATCH` for a session that is still open.
    """

    user: Ids
    start_us: Moments
    last_us: Moments
    completed_in: BatchIds

    def __len__(self) -> int:
        return len(self.user)


@dataclass(slots=True)
class _Fold:
    """Every session number ever given, and those that are open now."""

    gap_us: int
    user_count: int
    user: list[Ids] = field(default_factory=list)
    start_us: list[Moments] = field(default_factory=list)
    last_us: list[Moments] = field(default_factory=list)
    merged: list[tuple[Ids, Ids]] = field(default_factory=list)
    completed: list[tuple[Ids, int]] = field(default_factory=list)
    given: int = 0
    open_id: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    open_user: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    open_start_us: Moments = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    open_last_us: Moments = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def add(self, user: Ids, event_ts_us: Moments) -> Ids:
        """Merge a batch's kept events with the open sessions they touch; the session number of each."""
        has_events = np.zeros(self.user_count, dtype=np.bool_)
        has_events[user] = True
        touched = has_events[self.open_user]
        old_id = self.open_id[touched]
        olds = len(old_id)
        point_user = np.concatenate([self.open_user[touched], self.open_user[touched], user])
        moment_us = np.concatenate([self.open_start_us[touched], self.open_last_us[touched], event_ts_us])
        kind = np.repeat([_OPENS, _CLOSES, _HAPPENS], [olds, olds, len(user)])
        order = np.lexsort((kind, moment_us, point_user))
        point_user, moment_us = point_user[order], moment_us[order]
        # Between the first and the last event of an open session there is no break, however far apart.
        depth = np.cumsum(_DEPTH_STEP[kind[order]])
        begins = np.ones(len(order), dtype=np.bool_)
        begins[1:] = (point_user[1:] != point_user[:-1]) | (
            (depth[:-1] == 0) & (moment_us[1:] - moment_us[:-1] > self.gap_us)
        )
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(order)) - 1
        id_of_point = np.empty(len(order), dtype=np.int64)
        id_of_point[order] = self.given + np.cumsum(begins) - 1
        self._open(touched, point_user[first], moment_us[first], moment_us[last])
        self.merged.append((old_id, id_of_point[:olds]))
        return id_of_point[2 * olds :]

    def _open(self, replaced: npt.NDArray[np.bool_], user: Ids, start_us: Moments, last_us: Moments) -> None:
        ids = np.arange(self.given, self.given + len(user), dtype=np.int64)
        self.given += len(ids)
        self.user.append(user)
        self.start_us.append(start_us)
        self.last_us.append(last_us)
        self.open_id = np.concatenate([self.open_id[~replaced], ids])
        self.open_user = np.concatenate([self.open_user[~replaced], user])
        self.open_start_us = np.concatenate([self.open_start_us[~replaced], start_us])
        self.open_last_us = np.concatenate([self.open_last_us[~replaced], last_us])

    def complete(self, watermark_us: int, batch_id: int) -> None:
        """Write and forget every open session that ends at or before the watermark (rule 4)."""
        ended = self.open_last_us + self.gap_us <= watermark_us
        if ended.any():
            self.completed.append((self.open_id[ended], batch_id))
            self.open_id, self.open_user = self.open_id[~ended], self.open_user[~ended]
            self.open_start_us, self.open_last_us = self.open_start_us[~ended], self.open_last_us[~ended]


def fold_sessions(
    user: Ids, event_ts_us: Moments, batch_ids: BatchIds, timeline: Timeline, gap_us: int
) -> tuple[Sessions, Ids]:
    """The sessions of the kept events, and the session of each event.

    Args:
        user: who did it, 0 … n - 1; an entry per kept event, as in the next two.
        event_ts_us: when, microseconds since the Unix epoch.
        batch_ids: in which batch it came, ascending.
        timeline: the query's watermarks.
        gap_us: how long a session lives without an event; sessions that touch are one.
    """
    fold = _Fold(gap_us, int(user.max(initial=-1)) + 1)
    cuts = np.searchsorted(batch_ids, np.arange(len(timeline) + 1))
    ids: list[Ids] = []
    for batch_id, watermark_us in enumerate(timeline.watermarks_us.tolist()):
        rows = slice(cuts[batch_id], cuts[batch_id + 1])
        if rows.start < rows.stop:
            ids.append(fold.add(user[rows], event_ts_us[rows]))
        fold.complete(watermark_us, batch_id)
    final = _final_ids(fold)
    completed_in = np.full(fold.given, NO_BATCH, dtype=np.int32)
    for completed, batch_id in fold.completed:
        completed_in[completed] = batch_id
    # A number that was merged into another no longer identifies a session.
    number = np.cumsum(final == np.arange(fold.given)) - 1
    lives = np.flatnonzero(final == np.arange(fold.given))
    sessions = Sessions(
        _joined(fold.user)[lives],
        _joined(fold.start_us)[lives],
        _joined(fold.last_us)[lives],
        completed_in[lives],
    )
    return sessions, number[final[_joined(ids)]]


def _final_ids(fold: _Fold) -> Ids:
    final = np.arange(fold.given, dtype=np.int64)
    for old, new in fold.merged:
        final[old] = new
    # Follow the mergers to their end; each round halves the way.
    while True:
        further = final[final]
        if np.array_equal(further, final):
            return final
        final = further


def _joined(parts: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
