"""A topic and its messages: text for people, JSON for machines."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from clickstream.contract.records import OffsetRange
from clickstream.contract.topic import TopicMessage, TopicStatus
from clickstream.moment import written_ms
from clickstream.report.plain_text import escaped, tame
from clickstream.report.tables import numbers, slim_table

_LONGEST_BYTES = 2_000


def details(found: TopicStatus) -> RenderableType:
    """Name, id, configuration, and the offsets of every partition."""
    facts = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 2, 0, 0))
    for name, value in (
        ("topic", found.name),
        ("broker", found.bootstrap_servers),
        ("id", found.topic_id or "none: this broker has no topic ids"),
        ("partitions", str(len(found.offsets))),
        ("offsets", f"{found.offset_count:,}"),
        *found.config.items(),
    ):
        facts.add_row(escape(tame(name)), escape(tame(value)))
    partitions = slim_table(*numbers("partition", "begin", "end", "offsets"))
    for partition, (begin, end) in found.offsets.items():
        partitions.add_row(str(partition), f"{begin:,}", f"{end:,}", f"{end - begin:,}")
    return Group(facts, partitions, *(_waiting(*each) for each in found.waiting.items()))


def _waiting(partition: int, offsets: OffsetRange) -> Text:
    first, end = offsets
    return Text(
        f"Partition {partition} has an open transaction: its {end - first:,} offsets from {first:,} on can "
        "be read when the transaction ends."
    )


def details_json(found: TopicStatus) -> str:
    """An object: topic, bootstrap_servers, topic_id, offsets, config, partitions[].

    A partition has `partition`, `begin`, `end` (the last stable offset) and `waiting`: the number of offsets
    behind it, from the beginning of an open transaction on.
    """
    content: dict[str, Any] = {
        "topic": found.name,
        "bootstrap_servers": found.bootstrap_servers,
        "topic_id": found.topic_id or None,
        "offsets": found.offset_count,
        "partitions": [
            {
                "partition": partition,
                "begin": begin,
                "end": end,
                "waiting": found.waiting[partition][1] - end if partition in found.waiting else 0,
            }
            for partition, (begin, end) in found.offsets.items()
        ],
        "config": found.config,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def message_lines(messages: Sequence[TopicMessage]) -> list[Text]:
    """A line a message: `partition@offset  time  key  value`; escaped where no text, cut where long."""
    return [
        Text.assemble(
            (f"{message.partition}@{message.offset}", "cyan"),
            f"  {_moment(message.timestamp_ms)}  ",
            (_text(message.key), "dim"),
            f"  {_text(message.value)}",
        )
        for message in messages
    ]


def messages_json(messages: Sequence[TopicMessage]) -> str:
    """An object a line: partition, offset, timestamp_ms, key and value as text (null where null), escaped.

    `escaped` says whether key or value hold bytes that are no UTF-8; then those are given
    by hexadecimal escapes.
    """
    return "".join(
        json.dumps(
            {
                "partition": message.partition,
                "offset": message.offset,
                "timestamp_ms": message.timestamp_ms,
                "key": _decoded(message.key),
                "value": _decoded(message.value),
                "escaped": not all(_is_utf8(each) for each in (message.key, message.value)),
            },
            ensure_ascii=False,
        )
        + "\n"
        for message in messages
    )


def _text(value: bytes | None) -> str:
    if value is None:
        return "null"
    text = escaped(value[:_LONGEST_BYTES])
    return text if len(value) <= _LONGEST_BYTES else f"{text}… ({len(value):,} bytes)"


def _decoded(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", errors="backslashreplace")


def _is_utf8(value: bytes | None) -> bool:
    try:
        (value or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _moment(timestamp_ms: int) -> str:
    return "no timestamp" if timestamp_ms < 0 else written_ms(timestamp_ms)
