"""Refusal to compare with a compacted topic that no longer holds what the job read from it."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from clickstream.check.decode.chunk import Decoded
from clickstream.contract.definition.tables import PLACE
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
