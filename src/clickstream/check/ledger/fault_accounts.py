"""The records that were sent with a fault: where each of them is, and whether it belongs there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from clickstream.check.findings import Code, Finding
from clickstream.check.ledger_verdict import FaultAccount
from clickstream.contract.definition.rejection import FUTURE_EVENT
from clickstream.contract.definition.tables import EVENTS, PLACE
from clickstream.contract.ledger import SentLedger

MALFORMED = "malformed"
"""What the names of faults begin with that make a message no event."""

_SHOWN = 5
_SCHEMA = pl.Schema({"fault": pl.String, "kafka_partition": pl.Int32, "kafka_offset": pl.Int64})


def fault_places(ledgers: Iterable[SentLedger]) -> pl.DataFrame:
    """`fault` and `PLACE` of every acknowledged record with a fault; one with two faults is there twice."""
    parts = [
        pl.DataFrame({"kafka_offset": pl.Series(offsets, dtype=pl.Int64)}).select(
            pl.lit(fault).alias("fault"), pl.lit(partition, pl.Int32).alias("kafka_partition"), "kafka_offset"
        )
        for ledger in ledgers
        for fault, by_partition in ledger.sent.faults.items()
        for partition, offsets in by_partition.items()
    ]
    return pl.concat([_SCHEMA.to_frame(), *parts])


def misplaced(
    places: pl.DataFrame, records: pl.DataFrame, tables: tuple[str, str], *, whole: bool
) -> list[Finding]:
    """Findings on records with a fault that landed where they do not belong.

    A malformed one must be rejected. Any other must have landed, unless it is malformed as well, or further
    ahead than the tolerance. With `whole`, no other record may be rejected.

    Args:
        places: as `fault_places` gives them.
        records: `PLACE` and `reason` of the committed records.
        tables: the names of the tables of events and of rejected messages.
        whole: every record of the topic is in the ledgers.
    """
    is_malformed = pl.col("fault").str.starts_with(MALFORMED)
    is_rejected = pl.col("reason").is_not_null()
    malformed = places.filter(is_malformed).select(PLACE).unique()
    found = places.join(records.with_columns(is_read=pl.lit(value=True)), on=PLACE, how="inner")
    landed = found.filter(is_malformed & ~is_rejected)
    not_landed = (
        found.filter(~is_malformed & is_rejected & (pl.col("reason") != FUTURE_EVENT))
        .join(malformed, on=PLACE, how="anti")
        .sort("fault", *PLACE)
    )
    sound = records.filter(is_rejected & (pl.col("reason") != FUTURE_EVENT)).join(
        malformed, on=PLACE, how="anti"
    )
    findings = []
    if landed.height:
        findings.append(_finding("sent malformed", f"landed in {tables[0]}", landed))
    if not_landed.height:
        findings.append(_finding("sent whole", f"landed in {tables[1]}", not_landed))
    if whole and not not_landed.height and sound.height:
        without_fault = sound.with_columns(fault=pl.lit("no fault"))
        findings.append(_finding("sent whole", f"landed in {tables[1]}", without_fault))
    return findings


def _finding(sent: str, what: str, rows: pl.DataFrame) -> Finding:
    records = rows.select(PLACE).n_unique()
    shown = rows.sort(PLACE).head(_SHOWN).select("fault", *PLACE, "reason").rows()
    return Finding(
        Code.FAULT_MISPLACED,
        f"{records:,} record{'s' if records > 1 else ''} {sent} by the ledger {what}.",
        query=EVENTS,
        details=tuple(
            f"{fault}: partition {partition}, offset {offset:,}"
            + (f", rejected as {reason}" if reason else "")
            for fault, partition, offset, reason in shown
        ),
    )


def accounts_of(
    ledgers: Sequence[SentLedger],
    places: pl.DataFrame,
    records: pl.DataFrame,
    late_events: Mapping[str, pl.DataFrame],
) -> tuple[FaultAccount, ...]:
    """What became of the records of each fault, by name.

    Args:
        ledgers: for the faults whose offset is unknown.
        places: as `fault_places` gives them.
        records: `PLACE` and `reason` of the committed records.
        late_events: `PLACE` of what each table with windows dropped as late.
    """
    found = places.join(records.with_columns(is_read=pl.lit(value=True)), on=PLACE, how="left")
    for table, events in late_events.items():
        found = found.join(events.select(*PLACE, pl.lit(value=True).alias(table)), on=PLACE, how="left")
    counted = found.group_by("fault").agg(
        pl.len(), pl.col("is_read", "reason").count(), *(pl.col(table).count() for table in late_events)
    )
    by_fault = {fault: counts for fault, *counts in counted.rows()}
    unplaced: Counter[str] = Counter()
    for ledger in ledgers:
        unplaced.update(ledger.sent.unplaced)
    accounts = []
    for fault in sorted({*by_fault, *unplaced}):
        placed, read, rejected, *late = by_fault.get(fault, [0] * (3 + len(late_events)))
        acknowledged = placed + unplaced[fault]
        dropped = dict(zip(late_events, late, strict=True))
        accounts.append(
            FaultAccount(fault, acknowledged, read - rejected, rejected, acknowledged - read, dropped)
        )
    return tuple(accounts)
