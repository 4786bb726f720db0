"""What can be said of landed files where the topic is gone: which of them are not as they landed."""

from collections.abc import Iterator

from clickstream.check.findings import Finding, Severity
from clickstream.check.history.run import read_run
from clickstream.check.landed.one_batch import landed_rows
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck

_RECORDS_AT_ONCE = 100
_MOST = 20


def damage_in_words(layout: Layout, pipeline: Pipeline) -> tuple[str, ...]:
    """A sentence for every record and file that is not as it landed, the first twenty; none where none is.

    Rows are not compared with anything but one another: CSV with Parquet, all with what the records promise.
    """
    try:
        found = [
            finding.sentence
            for finding in _findings(layout, pipeline)
            if finding.severity is Severity.FAILURE
        ]
    except CouldNotCheck:  # there is nothing to look at
        return ()
    more = (f"… and {len(found) - _MOST:,} more",) if len(found) > _MOST else ()
    return (*found[:_MOST], *more)


def _findings(layout: Layout, pipeline: Pipeline) -> Iterator[Finding]:
    run = read_run(layout, pipeline)
    yield from run.findings
    for table in pipeline.tables:
        records = list(run.queries[table.query].records.values())
        for first in range(0, len(records), _RECORDS_AT_ONCE):
            some = records[first : first + _RECORDS_AT_ONCE]
            yield from landed_rows(layout.output, table, some).findings
