"""Refusals to compare with a topic that no longer holds what the job read from it."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from clickstream.check.decode.chunk import Decoded
from clickstream.contract.definition.tables import PLACE
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.errors import CouldNotCheck

_PLACE_TYPES = pl.Schema({"kafka_partition": pl.Int32, "kafka_offset": pl.Int64})


def refuse_compacted_records(
    decoded: Decoded, output: Path, records: Mapping[int, BatchRecord], policy: str
) -> None:
    """Refuse to compare with a compacted topic from which landed records are gone.

    A missing offset is not a loss: the markers of transactions take offsets, too.

    Args:
        decoded: what the topic holds of the committed offsets.
        output: where the run has landed.
        records: the batch records of the query that lands every record.
        policy: the topic's cleanup.policy, which contains compact.

    Raises:
        CouldNotCheck: rows have landed of records that the topic does not have any more.
    """
    found = pl.concat([decoded.events.select(PLACE), decoded.rejected.select(PLACE)])
    files = [
        output / file.path
        for record in records.values()
        for landed in record.tables.values()
        for file in landed.parquet
    ]
    places = [_places(file) for file in files if file.exists()]
    gone = pl.concat([found.clear(), *places]).join(found, on=PLACE, how="anti")
    if gone.is_empty():
        return
    by_partition = gone.group_by("kafka_partition").agg(
        count=pl.len(), first=pl.col("kafka_offset").min(), last=pl.col("kafka_offset").max()
    )
    raise CouldNotCheck(
        f"The topic is compacted (cleanup.policy={policy}), and {gone.height:,} of the records that have "
        "landed are no longer in it: their rows cannot be recomputed.",
        next_step="Keep what has landed. For a run that can be checked, set the topic's cleanup.policy to "
        "delete, send the events again, and use another RUN_ID.",
        details=tuple(
            f"partition {partition}: {count:,} gone, of the offsets {first:,} to {last:,}"
            for partition, count, first, last in by_partition.sort("kafka_partition").rows()
        ),
    )


def _places(file: Path) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(file, columns=list(PLACE), hive_partitioning=False, glob=False)
        return rows.select(PLACE).cast(_PLACE_TYPES)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        # A damaged file is a separate finding.
        return pl.DataFrame(schema=_PLACE_TYPES)


def refuse_lost_records(
    decoded: Decoded,
    records: Mapping[int, BatchRecord],
    spans: Mapping[int, OffsetRange],
    *,
    ranges_known: bool,
) -> None:
    """Refuse to compare with a topic that lost what the job read: by retention, or because it was recreated.

    A gap is not a loss, also at the ends: markers and aborted records of transactions have offsets. With
    `ranges_known`, the topic has said that it holds all offsets. Without, a loss is assumed where a
    partition's first or last offsets are missing while more rows landed than there are records.

    Raises:
        CouldNotCheck: records that the job read are not in the topic any more, or there are none at all.
    """
    found = pl.concat([decoded.events.select(PLACE), decoded.rejected.select(PLACE)])
    promised = sum(table.rows for record in records.values() for table in record.tables.values())
    if found.is_empty() and not promised:
        raise CouldNotCheck(
            "The topic holds no record in the committed offsets, and no row has landed: nothing to compare.",
            next_step="Produce events (clickstream produce), let the job read them, then check again.",
        )
    if ranges_known or promised <= found.height:
        return
    ends = {
        partition: (first, last + 1)
        for partition, first, last in found.group_by("kafka_partition")
        .agg(first=pl.col("kafka_offset").min(), last=pl.col("kafka_offset").max())
        .rows()
    }
    cut = [
        f"partition {partition}: read were offsets {start:,} to {end - 1:,}, there are now "
        + (f"{ends[partition][0]:,} to {ends[partition][1] - 1:,}" if partition in ends else "none")
        for partition, (start, end) in spans.items()
        if ends.get(partition) != (start, end)
    ]
    if cut:
        raise CouldNotCheck(
            "The topic no longer holds what the job read from it: there is nothing to compare with.",
            next_step="The topic was deleted and created again, or its retention deleted records. Start a "
            "new run with another RUN_ID.",
            details=tuple(cut),
        )
