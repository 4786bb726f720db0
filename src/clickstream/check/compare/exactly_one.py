"""Every record of the topic lands once, as an event or as a rejected message."""

import polars as pl

from clickstream.check.findings import Code, Finding
from clickstream.contract.definition.tables import EVENTS, PLACE

_SHOWN = 5


def not_in_exactly_one(
    records: pl.DataFrame, landed: pl.DataFrame, batches: range, tables: tuple[str, ...]
) -> list[Finding]:
    """Findings on records that landed never, or more than once.

    `records` has the `PLACE` of every record that these batches read, as the topic has them, `landed` that of
    every row that they landed, in either table.
    """
    if (
        landed.height == records.height == landed.n_unique()
        and landed.join(records, on=PLACE, how="semi").height == records.height
    ):
        return []
    findings = []
    never = records.join(landed, on=PLACE, how="anti")
    often = landed.filter(pl.struct(PLACE).is_duplicated()).unique()
    for places, where in (
        (never, f"in neither {' nor '.join(tables)}"),
        (often, f"more than once in {' and '.join(tables)}"),
    ):
        if places.height:
            shown = places.sort(PLACE).head(_SHOWN).rows()
            findings.append(
                Finding(
                    Code.RECORD_COUNT,
                    f"{places.height:,} record{'s' if places.height > 1 else ''} of the topic landed {where} "
                    f"{_of(batches)}.",
                    query=EVENTS,
                    batch_id=batches.start if len(batches) == 1 else None,
                    details=tuple(f"partition {partition}, offset {offset:,}" for partition, offset in shown),
                )
            )
    return findings


def _of(batches: range) -> str:
    if len(batches) == 1:
        return f"(batch {batches.start})"
    return f"(batches {batches.start} to {batches.stop - 1})"
