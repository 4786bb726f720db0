"""Batches with rows that the job did not land: there the checker is compared with itself, and says so."""

from clickstream.check.findings import Code, Finding, Severity
from clickstream.check.run import Run


def repaired_batches(run: Run) -> list[Finding]:
    """One warning where any batch was repaired: how many, and which, by table."""
    by_table: dict[str, list[int]] = {}
    batches = 0
    for query in run.queries.values():
        for batch_id, record in sorted(query.records.items()):
            batches += bool(record.repaired)
            for table in record.repaired:
                by_table.setdefault(table, []).append(batch_id)
    if not batches:
        return []
    return [
        Finding(
            Code.REPAIRED,
            f"{batches:,} batch{'es' if batches > 1 else ''} repaired: rows put there by the checker itself, "
            "not proved.",
            Severity.WARNING,
            details=tuple(
                f"{table}: batch{'es' if len(ids) > 1 else ''} {in_spans(ids)}"
                for table, ids in by_table.items()
            ),
        )
    ]


def in_spans(batch_ids: list[int]) -> str:
    """Ascending batch ids in few words: `3 to 7, 9`."""
    spans: list[list[int]] = []
    for batch_id in batch_ids:
        if spans and batch_id == spans[-1][1] + 1:
            spans[-1][1] = batch_id
        else:
            spans.append([batch_id, batch_id])
    return ", ".join(f"{first} to {last}" if last > first else str(first) for first, last in spans)
