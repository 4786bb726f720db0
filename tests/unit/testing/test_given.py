"""A story runs with declared defaults and what it is given, whatever the environment says."""

import pytest

from clickstream.clicks import CLICKS
from clickstream.duration import Duration
from clickstream.errors import SettingInvalid, UsageError
from clickstream.testing.given import story_settings


def test_the_environment_has_no_say(monkeypatch):
    monkeypatch.setenv("WATERMARK_DELAY", "1 hour")
    monkeypatch.setenv("PAGE_WINDOW", "1 hour")
    monkeypatch.setenv("OUTPUT_FILES_PER_BATCH", "7")
    monkeypatch.setenv("KAFKA_PARTITIONS", "7")
    settings = story_settings(CLICKS, {})
    assert settings.stream.watermark_delay == Duration(30_000)
    assert settings.windows["page_metrics"] == Duration(60_000)
    assert settings.sink.files_per_batch == 1
    assert (settings.partitions, settings.stream.shuffle_partitions) == (1, 1)


def test_what_is_given_counts():
    settings = story_settings(
        CLICKS,
        {"WATERMARK_DELAY": "5s", "GEO_WINDOW": "2m", "CSV_COMPRESSION": "gzip", "KAFKA_PARTITIONS": 3},
    )
    assert settings.stream.watermark_delay == Duration(5_000)
    assert settings.windows["geo_metrics"] == Duration(120_000)
    assert settings.sink.csv_compression == "gzip"
    assert settings.partitions == 3


def test_an_unknown_setting_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError) as refused:
        story_settings(CLICKS, {"WATERMARK": "5s"})
    assert refused.value.sentence == "A story has no setting WATERMARK."
    assert "WATERMARK_DELAY" in refused.value.next_step


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"WATERMARK_DELAY": "soon"}, "WATERMARK_DELAY=soon cannot be used: 'soon' is not a duration."),
        ({"PAGE_WINDOW": "soon"}, "PAGE_WINDOW=soon cannot be used: 'soon' is not a duration."),
        ({"SPARK_SQL_SHUFFLE_PARTITIONS": 0}, "SPARK_SQL_SHUFFLE_PARTITIONS=0 cannot be used."),
    ],
)
def test_a_value_that_cannot_be_used_is_named(given, sentence):
    with pytest.raises(SettingInvalid) as refused:
        story_settings(CLICKS, given)
    assert refused.value.sentence == sentence
    assert refused.value.next_step
