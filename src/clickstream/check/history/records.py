"""The batch records of one query: read, verified one by one, and compared with Spark's own log."""

from collections.abc import Mapping
from pathlib import Path

from clickstream.check.findings import Code, Finding
from clickstream.check.history.spark_log import SparkLog
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import DATE_FOLDER, FORMATS, Layout
from clickstream.contract.run.recorded_batches import UnreadableRecord, read_record
from clickstream.contract.run.skipped import SkippedRecords
from clickstream.contract.run.terms import RunTerms


def read_records(
    layout: Layout, pipeline: Pipeline, query: str, terms: RunTerms
) -> tuple[dict[int, BatchRecord], list[Finding]]:
    """The sound records of one query by batch id, and what is wrong with the others."""
    by_batch: dict[int, BatchRecord] = {}
    findings: list[Finding] = []
    for path in layout.record_paths(query):
        batch_id = int(path.stem)
        try:
            record = read_record(path)
            problem = _problem(record, batch_id, query, terms) or _tables_problem(record, pipeline)
        except UnreadableRecord as error:
            problem = error.problem
        except _NO_RECORD as error:
            problem = str(error) or type(error).__name__
        if problem:
            findings.append(_invalid(layout, path, query, problem))
        else:
            by_batch[batch_id] = record
    return by_batch, findings + _one_query_id(by_batch, query)


def _invalid(layout: Layout, path: Path, query: str, problem: str) -> Finding:
    batch_id = int(path.stem)
    return Finding(
        Code.RECORD_INVALID,
        f"The record of batch {batch_id} of {query} cannot be used: {problem}.",
        query=query,
        batch_id=batch_id,
        file=path.relative_to(layout.output).as_posix(),
    )


_NO_RECORD = (OSError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading any bytes at all as a record can raise."""


def _problem(record: BatchRecord, batch_id: int, query: str, terms: RunTerms) -> str:
    """Why a record cannot be used as that of this batch, as the end of a sentence; empty if it can."""
    if record.query != query or record.batch_id != batch_id:
        return f"it is the record of batch {record.batch_id} of {record.query}"
    if record.run_id != terms.run_id:
        return f"it belongs to the run {record.run_id}, the output to {terms.run_id}"
    if record.topic != terms.topic:
        return f"it is about the topic {record.topic}, the run about {terms.topic}"
    for name, moment in (
        ("watermark", record.watermark_ms),
        ("previous watermark", record.previous_watermark_ms),
    ):
        if type(moment) is not int or moment < 0:
            return f"the {name} {moment!r} is not a time in milliseconds"
    for partition, (start, end) in record.offsets.items():
        if not (0 <= partition < 2**31 and 0 <= start <= end < 2**63):
            return f"partition {partition} goes from offset {start:,} to {end:,}"
    return ""


def _tables_problem(record: BatchRecord, pipeline: Pipeline) -> str:
    expected = {table.name for table in pipeline.tables_of(record.query)}
    if set(record.tables) != expected:
        return f"it names the tables {sorted(record.tables)}, not {sorted(expected)}"
    for name, landed in record.tables.items():
        for file_format, files in zip(FORMATS, (landed.parquet, landed.csv), strict=True):
            if any(_is_no_file(entry, f"{name}/{file_format}/") for entry in files):
                return f"it names something that is not a file of {name}/{file_format}"
            rows = sum(entry.rows for entry in files)
            if rows != landed.rows:
                return f"it lists {landed.rows:,} rows of {name} and {rows:,} in its {file_format} files"
    return ""


def _is_no_file(entry: LandedFile, folder: str) -> bool:
    if type(entry.path) is not str or type(entry.sha256) is not str:
        return True
    # One name below the table's folder, or below one of its date folders: a record must not lead the reader
    # anywhere else.
    *date, name = entry.path.removeprefix(folder).split("/")
    undated = not date or (len(date) == 1 and DATE_FOLDER.fullmatch(date[0]) is not None)
    outside = not entry.path.startswith(folder) or not undated or name in {"", ".", ".."} or "\0" in name
    return outside or any(type(number) is not int or number < 0 for number in (entry.rows, entry.size_bytes))


def _one_query_id(by_batch: dict[int, BatchRecord], query: str) -> list[Finding]:
    first: dict[str, int] = {}
    for batch_id, record in sorted(by_batch.items()):
        first.setdefault(str(record.query_id), batch_id)
    if len(first) <= 1:
        return []
    listed = ", ".join(f"{query_id} from batch {batch_id} on" for query_id, batch_id in first.items())
    sentence = f"The records of {query} name {len(first)} query ids: {listed}."
    return [Finding(Code.RECORD_INVALID, sentence, query=query)]


def against_spark_log(
    records: Mapping[int, BatchRecord], log: SparkLog, query: str, skipped: SkippedRecords
) -> tuple[int, list[Finding]]:
    """How many records could be compared with Spark's log, and where the two disagree.

    The log of a batch ends behind skipped records if the next batch begins behind them.
    """
    findings: list[Finding] = []
    compared = 0
    for batch_id, record in sorted(records.items()):
        logged = log.offsets.get(batch_id)
        if logged is None:
            continue
        compared += 1
        logged_ends, logged_watermark_ms = logged
        ends = {partition: end for partition, (_, end) in record.offsets.items()}
        for partition, end in logged_ends.items():
            if skipped.lead(partition, ends.get(partition, 0), end):
                ends[partition] = end
        for what, recorded, sparks in (
            ("end offsets", dict(sorted(ends.items())), dict(sorted(logged_ends.items()))),
            ("watermark", record.watermark_ms, logged_watermark_ms),
        ):
            if recorded != sparks:
                findings.append(_not_sparks(query, batch_id, what, recorded, sparks))
    first = records.get(0)
    if first is not None and log.start_offsets is not None:
        starts = {partition: start for partition, (start, _) in sorted(first.offsets.items())}
        if starts != dict(sorted(log.start_offsets.items())):
            findings.append(_not_sparks(query, 0, "start offsets", starts, log.start_offsets))
    return compared, findings


def _not_sparks(query: str, batch_id: int, what: str, recorded: object, sparks: object) -> Finding:
    return Finding(
        Code.OFFSETS_NOT_SPARKS,
        f"The record of batch {batch_id} of {query} has the {what} {recorded}, Spark's log {sparks}.",
        query=query,
        batch_id=batch_id,
    )
