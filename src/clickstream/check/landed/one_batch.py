"""The landed rows of a table, batch by batch as records list them, and CSV compared with Parquet."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clickstream.check.decode.schema import BATCH, FILE, schema_of
from clickstream.check.findings import Code, Finding
from clickstream.check.landed.many_batches import rows_together
from clickstream.check.landed.one_file import NamedFile, read_landed
from clickstream.check.row_values import rendered
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import FORMATS

_SHOWN = 3


def landed_rows(
    output: Path, table: Table, records: Sequence[BatchRecord]
) -> tuple[pl.DataFrame, list[Finding]]:
    """The Parquet rows of these batches with `BATCH` and `FILE`, and what is wrong with either format.

    What cannot be read is a finding, and its rows are not there.
    """
    together = rows_together(output, table, records)
    if together is not None:
        return together.select(_none_of(table).columns), []
    parts: list[pl.DataFrame] = [_none_of(table)]
    findings: list[Finding] = []
    for record in records:
        landed = record.tables[table.name]
        if not landed.parquet and not landed.csv:
            continue
        by_format: dict[str, pl.DataFrame | None] = {}
        known = len(findings)
        for file_format in FORMATS:
            entries = landed.parquet if file_format == "parquet" else landed.csv
            by_format[file_format] = _read_all(output, table, record.batch_id, file_format, entries, findings)
        parquet, csv = by_format["parquet"], by_format["csv"]
        if parquet is not None:
            parts.append(parquet.with_columns(pl.lit(record.batch_id, pl.Int32).alias(BATCH)))
        if parquet is not None and csv is not None:
            findings += _formats_agree(table, record, parquet, csv, findings[known:])
    return pl.concat(parts), findings


def _none_of(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema={**schema_of(table), FILE: pl.Categorical, BATCH: pl.Int32})


def _read_all(
    output: Path,
    table: Table,
    batch_id: int,
    file_format: str,
    entries: tuple[LandedFile, ...],
    findings: list[Finding],
) -> pl.DataFrame | None:
    """The rows of all files of one batch and format, None where none can be had of files that are named."""
    parts = []
    for entry in entries:
        rows, found = read_landed(output, NamedFile(table, file_format, batch_id, entry))
        findings += found
        if rows is not None:
            parts.append(rows.with_columns(pl.lit(entry.path).cast(pl.Categorical).alias(FILE)))
    if parts:
        return pl.concat(parts)
    return None if entries else _none_of(table).drop(BATCH)


def _formats_agree(
    table: Table,
    record: BatchRecord,
    parquet: pl.DataFrame,
    csv: pl.DataFrame,
    about_its_files: list[Finding],
) -> list[Finding]:
    columns = list(table.column_names)
    if parquet.select(columns).equals(csv.select(columns)):
        return []
    # The order of rows is not guaranteed, only the same rows.
    parquet, csv = (rows.sort(columns, maintain_order=True) for rows in (parquet, csv))
    if parquet.select(columns).equals(csv.select(columns)):
        return []
    only_csv, only_parquet = _only_in(csv, parquet, columns), _only_in(parquet, csv, columns)
    # A file that is known to have changed is to blame, else the CSV: Parquet is compared with the topic.
    changed = [finding.file for finding in about_its_files if finding.file]
    csv_files = [entry.path for entry in record.tables[table.name].csv]
    only_here = only_csv[FILE].cast(pl.String).head(1).to_list()
    file = next(iter([*changed, *only_here, *csv_files]), None)
    details = [
        f"only in {name} ({row[FILE][0]}): "
        + ", ".join(f"{column}={rendered(row, column)}" for column in columns)
        for name, rows in (("CSV", only_csv), ("Parquet", only_parquet))
        for row in rows.head(_SHOWN).iter_slices(1)
    ]
    return [
        Finding(
            Code.FORMATS_DIFFER,
            f"CSV and Parquet of {table.name}, batch {record.batch_id}, do not hold the same rows: "
            f"{csv.height:,} in CSV, {parquet.height:,} in Parquet.",
            table=table.name,
            query=table.query,
            batch_id=record.batch_id,
            file=file,
            details=tuple(details),
        )
    ]


def _only_in(these: pl.DataFrame, others: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return these.join(others.select(columns), on=columns, how="anti", nulls_equal=True)
