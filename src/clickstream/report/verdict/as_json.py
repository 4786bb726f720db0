"""A verdict for machines: one JSON object.

    format_version   1; raised when a member below changes its name or meaning
    result           "pass", "fail" or "could_not_check"
    why              null for a pass, else one sentence

Only with "pass" and "fail":

    events, rejected     messages of the topic in the offsets that the events query has committed
    reasons              rejected messages by reason
    gaps                 committed offsets without a record: ends of transactions, aborted records
    tables[]             table, rows_expected, rows_landed, open_windows, late_events_dropped, before_1970 (of
                         these, events whose window ends before 1970) and late_by_batch {batch: late events
                         dropped; batches without any are left out} (the four are null for tables without
                         windows), coverage ("independent", "same code, one batch" or "not checked"),
                         not_checked (null, or of the last: why, next_step; its rows_expected is null),
                         mismatches {missing, unexpected, different, doubled},
                         examples[]: mismatch, key {column: value}, batch_id, file, column, expected, landed
    queries[]            query, batches, batches_with_offsets, offsets, watermark_ms, batches_cross_checked
    findings[]           code, severity ("failure" or "warning"), sentence, table, query, batch_id, file,
                         details[]
    seconds_by_stage     how long each stage took
    ledger               null where no producer has left one, else: producers, closed, running, produced,
                         acknowledged, failed, in_topic (records read and offsets not read), from_running
                         and from_others (of in_topic, those that no ledger acknowledges), committed (records
                         read), landed, rejected, faults[]: fault, acknowledged, landed, rejected, not_read,
                         late_dropped {table: count}
    skipped[]            records that Spark cannot read and the run skipped at a user's command: partition,
                         offset, timestamp_ms

Only with "could_not_check":

    next_step, details[]

Values inside examples are rendered as text; what does not apply is null.
"""

import json
from dataclasses import asdict
from typing import Any

from clickstream.check.findings import Verdict
from clickstream.errors import ClickstreamError
from clickstream.report.commands import pasteable
from clickstream.report.verdict.as_text import why

FORMAT_VERSION = 1


def verdict(found: Verdict) -> str:
    """The verdict as one JSON object; the module says what is in it."""
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "result": "pass" if found.passed else "fail",
        "why": None if found.passed else why(found),
        **asdict(found),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def could_not_check(error: ClickstreamError) -> str:
    """The object for a check that could not be done, with the reason and what to do next."""
    content = {
        "format_version": FORMAT_VERSION,
        "result": "could_not_check",
        "why": error.sentence,
        "next_step": pasteable(error.next_step),
        "details": list(error.details),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
