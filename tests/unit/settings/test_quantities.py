"""One grammar for durations, memory, times and shares, wherever a setting takes one."""

from pathlib import Path

import pytest

from clickstream.errors import SettingInvalid
from clickstream.settings import SETTINGS, load


def value_of(name: str, text: str, folder: Path) -> object:
    settings, _ = load({name: text}, dotenv=folder / "none")
    return SETTINGS[name].value_in(settings)


def refused(name: str, text: str, folder: Path) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        value_of(name, text, folder)
    return caught.value


DURATIONS = ["MSG_DELIVERY_TIMEOUT", "WATERMARK_DELAY", "PAGE_WINDOW", "GEO_WINDOW"]
DURATIONS += ["SESSION_WINDOW", "TRIGGER_INTERVAL", "FUTURE_TOLERANCE"]


@pytest.mark.parametrize("name", DURATIONS)
def test_short_and_long_durations_are_the_same_value(name: str, tmp_path: Path) -> None:
    assert value_of(name, "5m", tmp_path) == value_of(name, "5 minutes", tmp_path)
    assert str(value_of(name, "300s", tmp_path)) == "5 minutes"
    error = refused(name, "10", tmp_path)
    assert "a number has no unit" in error.sentence
    assert "a duration" in error.next_step


@pytest.mark.parametrize("name", ["LATE_SECONDS", "FUTURE_SECONDS"])
def test_a_setting_in_seconds_takes_a_number_or_a_duration(name: str, tmp_path: Path) -> None:
    assert value_of(name, "300", tmp_path) == value_of(name, "5m", tmp_path) == 300
    assert "whole number of seconds" in refused(name, "1500ms", tmp_path).sentence
    assert "or a duration such as 5m" in refused(name, "0s", tmp_path).next_step
    assert "a whole number of seconds of at least 1" in refused(name, "banana", tmp_path).next_step


@pytest.mark.parametrize("name", ["SPARK_DRIVER_MEMORY", "SPARK_WORKER_MEMORY", "EMBEDDED_KAFKA_MEMORY"])
@pytest.mark.parametrize(
    ("text", "memory"),
    [
        ("512m", "512m"),
        ("512M", "512m"),
        ("512MB", "512m"),
        ("512 MiB", "512m"),
        ("1g", "1g"),
        ("1GB", "1g"),
        ("1 GiB", "1g"),
        ("1024m", "1g"),
        ("1536mb", "1536m"),
        ("1048576k", "1g"),
        ("1t", "1024g"),
    ],
)
def test_memory_is_read_in_any_usual_form_and_written_as_java_reads_it(
    name: str, text: str, memory: str, tmp_path: Path
) -> None:
    assert value_of(name, text, tmp_path) == memory


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1024", "it has no unit"),
        ("0m", "whole number of MB, or none at all"),
        ("1500k", "whole number of MB"),
        ("1.5g", "not a whole number"),
        ("-1g", "not a whole number"),
        ("much", "not a whole number"),
    ],
)
def test_memory_that_cannot_be_used_is_refused_with_its_reason(text: str, why: str, tmp_path: Path) -> None:
    error = refused("SPARK_DRIVER_MEMORY", text, tmp_path)
    assert why in error.sentence
    assert "512m, 1g or 1GB" in error.next_step


RATES = ["LATE_RATE", "MALFORMED_RATE", "DUPLICATE_RATE", "OUT_OF_ORDER_RATE", "FUTURE_RATE"]
RATES += ["MISSING_FIELD_RATE"]


@pytest.mark.parametrize("name", RATES)
def test_a_share_is_a_number_or_a_percentage(name: str, tmp_path: Path) -> None:
    assert value_of(name, "2%", tmp_path) == value_of(name, "0.02", tmp_path) == 0.02
    assert value_of(name, "12.5 %", tmp_path) == 0.125
    assert "or a percentage such as 2%" in refused(name, "101%", tmp_path).next_step


@pytest.mark.parametrize(
    "text", ["2026-01-01", "2026-01-01T00:00", "2026-01-01 00:00:00Z", "2026-01-01T01:30:00+01:30"]
)
def test_a_start_time_is_a_date_or_a_time(text: str, tmp_path: Path) -> None:
    assert value_of("START_TIME", text, tmp_path) == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize("text", ["banana", "2026-02-30", "1970-01-01", "1969-12-31T23:00", "12:00"])
def test_a_start_time_that_is_none_is_refused_by_name(text: str, tmp_path: Path) -> None:
    error = refused("START_TIME", text, tmp_path)
    assert error.sentence.startswith(f"START_TIME={text} (from flag) cannot be used: ")
    assert "2026-01-31T08:00" in error.next_step


def test_traffic_is_refused_when_it_is_read(tmp_path: Path) -> None:
    error = refused("TRAFFIC", "burst:1h:300%:10 minutes", tmp_path)
    assert "a burst must end before the next one begins" in error.sentence
    assert "burst:30s:300%" in error.next_step
    assert value_of("TRAFFIC", "burst:30 seconds:300 %", tmp_path)
