"""A kit's status for machines: one JSON object.

format_version   1; raised when a member below changes its name or meaning
at               the moment, ISO-8601 in UTC
parts[]          name, state ("running", "no answer", "stopping", "stopped", "killed", "crashed"), pid,
                 container, address, uptime_s, log, exit_code, signal (its name), why, last_lines[]; null or
                 empty where it does not apply;
                 differences: settings[] (name, runs_with, now) in which a running part differs from the
                 settings of now, apply (the command that applies these), why (it takes that command)
topic            null where it cannot be asked; else name, bootstrap_servers, offsets,
                 partitions[]: partition, begin, end
queries[]        query, batch_id, landed_at, age_s, offsets_in (offsets of that batch), watermark_ms,
                 lag (offsets to read; null: not known), committed {partition: the offset after the last
                 one read}, duration_s (null if it is not known), processed_per_s (offsets over the
                 last minute; null before two batches), newest_event_ms (null before there is one)
tables[]         table, query, rows
rejected         rejected messages
acknowledged     records that the producer which runs has had acknowledged; null without one
acknowledged_at_least  of a producer that does not run, its last known count: count, at; otherwise null
input_per_s      new offsets of the topic over the last minute; null at the first reading
last_check       null where there is none; else passed, checked_at, batches_since, late {table: events},
                 not_checked (tables whose rows were compared with nothing)
notes[]          missing figures, with the cause, in sentences
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from clickstream.contract.status import KitStatus
from clickstream.settings import PIPELINE

FORMAT_VERSION = 1


def status(found: KitStatus, *, indent: int | None = 2) -> str:
    """The status as one JSON object; the module says what is in it."""
    topic, last = found.topic, found.acknowledged_at_least
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "at": found.at,
        "parts": [asdict(part) for part in found.parts],
        "topic": topic
        and {
            "name": topic.name,
            "bootstrap_servers": topic.bootstrap_servers,
            "offsets": topic.offset_count,
            "partitions": [
                {"partition": partition, "begin": begin, "end": end}
                for partition, (begin, end) in topic.offsets.items()
            ],
        },
        "queries": [
            {**asdict(query), "age_s": round((found.at - query.landed_at).total_seconds(), 3)}
            for query in found.queries
        ],
        "tables": [
            {"table": table.name, "query": table.query, "rows": found.rows_landed.get(table.name, 0)}
            for table in PIPELINE.tables
        ],
        "rejected": found.rows_landed.get(PIPELINE.rejected_table.name, 0),
        "acknowledged": found.acknowledged,
        "acknowledged_at_least": last and asdict(last),
        "input_per_s": found.input_per_s,
        "last_check": found.last_check and asdict(found.last_check),
        "notes": found.notes,
    }
    return json.dumps(content, indent=indent, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
