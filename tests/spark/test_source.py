"""The Kafka source is told what the settings say; Spark alone decides what it makes of it."""

from typing import Any, Self

import pytest

from clickstream.contract.connection import BrokerConnection
from clickstream.stream.source import kafka_records
from story import stream_settings


class RecordingReader:
    """Stands in for a session and its reader: keeps the options."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    @property
    def readStream(self) -> Self:  # noqa: N802 - Spark's name
        return self

    def format(self, name: str) -> Self:
        self.given["format"] = name
        return self

    def option(self, name: str, value: Any) -> Self:
        self.given[name] = value
        return self

    def options(self, **values: Any) -> Self:
        self.given |= values
        return self

    def load(self) -> dict[str, Any]:
        return self.given


def options_of(**settings: object) -> dict[str, Any]:
    connection = BrokerConnection("127.0.0.1:9092")
    return kafka_records(RecordingReader(), stream_settings(**settings), connection, "events")


@pytest.mark.parametrize(
    ("setting", "value", "option", "told"),
    [
        ("KAFKA_MIN_PARTITIONS", 8, "minPartitions", 8),
        ("MAX_OFFSETS_PER_TRIGGER", 77, "maxOffsetsPerTrigger", 77),
        ("KAFKA_STARTING_OFFSETS", "latest", "startingOffsets", "latest"),
        ("FAIL_ON_DATA_LOSS", False, "failOnDataLoss", "false"),
    ],
)
@pytest.mark.acts(
    "KAFKA_MIN_PARTITIONS", "MAX_OFFSETS_PER_TRIGGER", "KAFKA_STARTING_OFFSETS", "FAIL_ON_DATA_LOSS"
)
def test_a_setting_reaches_the_source(setting: str, value: object, option: str, told: object) -> None:
    assert options_of(**{setting: value})[option] == told


def test_without_fewest_tasks_the_source_is_told_of_none() -> None:
    assert "minPartitions" not in options_of()
