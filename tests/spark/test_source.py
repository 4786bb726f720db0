"""The Kafka source is told what the settings say; Spark alone decides what it makes of it."""

from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import given as for_any
from hypothesis import settings as hypothesis_settings

from clickstream.settings import BrokerSettings
from clickstream.stream.source import kafka_records
from random_settings import GivenSettings, given_settings
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
    broker = BrokerSettings(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9092")
    return kafka_records(RecordingReader(), stream_settings(**settings), broker)


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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("at-random")


def test_the_source_reads_committed_records_only() -> None:
    assert options_of()["kafka.isolation.level"] == "read_committed"


def test_a_fetch_at_the_end_of_a_partition_is_answered_soon() -> None:
    # Kafka's default of 500 ms is waited for by each partition of each batch that reads to the end.
    assert options_of()["kafka.fetch.max.wait.ms"] <= 50


@for_any(given=given_settings())
@hypothesis_settings(deadline=None)
def test_whatever_is_given_wherever_is_what_the_source_is_told(folder: Path, given: GivenSettings) -> None:
    settings = given.load(folder)[0]
    broker = BrokerSettings(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9092", KAFKA_TOPIC=settings.broker.topic)
    told = kafka_records(RecordingReader(), settings.stream, broker)
    fewest_tasks = given.meaning("KAFKA_MIN_PARTITIONS")
    expected = {
        "subscribe": given.meaning("KAFKA_TOPIC"),
        "startingOffsets": given.meaning("KAFKA_STARTING_OFFSETS"),
        "maxOffsetsPerTrigger": given.meaning("MAX_OFFSETS_PER_TRIGGER"),
        "failOnDataLoss": "true" if given.meaning("FAIL_ON_DATA_LOSS") else "false",
        **({"minPartitions": fewest_tasks} if fewest_tasks else {}),
    }
    assert expected.items() <= told.items()
    assert ("minPartitions" in told) == bool(fewest_tasks)
