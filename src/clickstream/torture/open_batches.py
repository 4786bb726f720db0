"""The batches that a crash left open, and what the next job must make of each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.query_log import batches_in
from clickstream.contract.run.recorded_batches import read_record, record_of
from clickstream.torture.children import Child

if TYPE_CHECKING:
    from pathlib import Path

Batch = tuple[str, int]
"""A query's name and a batch id."""


class OpenBatches:
    """Batches that Spark has begun and not committed: the next job must compute each of them again, in full.

    One whose record was there is found landed then, and left alone; one without is landed. A job that says
    otherwise has landed a batch twice, or has passed one over.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._has_landed: dict[Batch, bool] = {}
        self._heard_out: set[Path] = set()

    def __len__(self) -> int:
        return len(self._has_landed)

    def __str__(self) -> str:
        return ", ".join(f"batch {batch_id} of {query}" for query, batch_id in sorted(self._has_landed))

    def of(self, query: str) -> dict[Batch, bool]:
        """Those of a query, each with whether its record is there."""
        return {batch: landed for batch, landed in self._has_landed.items() if batch[0] == query}

    def running(self) -> set[Batch]:
        """What Spark has begun and not committed now, while a job runs or after it."""
        return {
            (query, batch_id)
            for query in QUERIES
            for log in [self._layout.query_checkpoint(query)]
            for batch_id in {*batches_in(log / "offsets")} - {*batches_in(log / "commits")}
        }

    def pass_over(self, job: Child) -> None:
        """Do not hear a job of another run."""
        self._heard_out.add(job.log)

    def after(self, job: Child) -> None:
        """A job has ended, however: hold what it computed to what was open, and see what is open now.

        Each job is heard once.
        """
        if job.log in self._heard_out:
            return
        self._heard_out.add(job.log)
        for computed in job.batches():
            batch = (computed.query, computed.batch_id)
            had_landed = self._has_landed.pop(batch, computed.replayed)
            if had_landed != computed.replayed:
                what = "had landed, and was landed again" if had_landed else "had not landed, and was left so"
                raise job.failed(
                    f"Batch {computed.batch_id} of {computed.query}, cut off by a crash, {what}."
                )
        for batch in self.running():
            self._has_landed[batch] = record_of(self._layout, *batch) is not None


def unread(layout: Layout, ends: dict[int, int], queries: Iterable[str] = QUERIES) -> list[str]:
    """What of a topic with these end offsets has not landed, query by query; empty if all has."""
    found = []
    for query in queries:
        newest = [read_record(path) for path in layout.record_paths(query)[-1:]]
        landed = {at: end for record in newest for at, (_, end) in record.offsets.items()}
        if any(landed.get(partition, 0) != end for partition, end in ends.items()):
            found.append(f"{query} has landed up to {landed}, the topic goes to {ends}")
    return found
