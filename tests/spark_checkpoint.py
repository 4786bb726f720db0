"""Spark's checkpoint and the batch records as they look on disk, made by hand: batch N reads offset N."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clickstream.contract.definition.tables import EVENTS
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.sinks.durable import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from clickstream.contract.run.layout import Layout

PARTITIONS = 2
OPERATORS = 3
EMPTY_STATE = b"LZ4Block\x15" + bytes(12)
STATE = b"LZ4Block\x25 some rows " + EMPTY_STATE


def landed(layout: Layout, query: str, batch_id: int, query_id: str = "q-1") -> None:
    """The record of a batch."""
    offsets = {0: (batch_id, batch_id + 1)}
    record = BatchRecord("first", query, query_id, batch_id, "events", offsets, 0, 0, {})
    write_atomically(layout.record_path(query, batch_id), record.to_json())


def logged(
    layout: Layout,
    query: str,
    batch_id: int,
    query_id: str = "q-1",
    *,
    end: int | None = None,
    watermark_ms: int = 0,
) -> None:
    """What Spark writes before it runs a batch."""
    checkpoint = layout.query_checkpoint(query)
    ends = json.dumps({"events": {"0": batch_id + 1 if end is None else end}})
    put(checkpoint / "metadata", json.dumps({"id": query_id}))
    put(checkpoint / "sources/0/0", b'\0v1\n{"events":{"0":0}}')
    put(checkpoint / f"offsets/{batch_id}", f'v1\n{{"batchWatermarkMs":{watermark_ms}}}\n{ends}')


def committed(layout: Layout, query: str, batch_id: int, query_id: str = "q-1") -> None:
    """What it has written when the batch has ended."""
    logged(layout, query, batch_id, query_id)
    checkpoint = layout.query_checkpoint(query)
    put(checkpoint / f"commits/{batch_id}", 'v1\n{"nextBatchWatermarkMs":0}')
    if query != EVENTS:
        about = {
            "operatorInfo": {},
            "stateStoreInfo": [{"storeName": "default", "numPartitions": PARTITIONS}],
        }
        for operator in range(OPERATORS):
            state = checkpoint / f"state/{operator}"
            put(state / "_metadata/metadata", f"v1\n{json.dumps(about)}")
            for partition in range(PARTITIONS):
                put(state / f"{partition}/{batch_id + 1}.delta", STATE)


def put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
