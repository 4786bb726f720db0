"""What the last check of a run came to."""

from collections.abc import Mapping

from clickstream.contract.run.layout import Layout
from clickstream.contract.status import LastCheck
from clickstream.pipeline.verify.last_verdict import last_verdict


def last_check(layout: Layout, batches: Mapping[str, int]) -> LastCheck | None:
    """The last verdict on a run that has landed so many batches by query; None if it was never checked."""
    found = last_verdict(layout)
    if found is None:
        return None
    late = {table.table: table.late_events_dropped for table in found.verdict.tables}
    return LastCheck(
        passed=found.verdict.passed,
        checked_at=found.checked_at,
        batches_since=found.batches_since(dict(batches)),
        late={table: count for table, count in late.items() if count is not None},
        not_checked=len(found.verdict.not_checked),
    )
