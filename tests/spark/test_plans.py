"""What Spark makes of the aggregates: the topic is read and decoded once for all tables."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import PAGE_METRICS, TABLES
from clickstream.contract.definition.tables import AGGREGATES, SparkHalf
from clickstream.errors import DefinitionInvalid
from clickstream.stream.queries import plan_queries
from file_topic import FileTopic, click
from story import Story, stream_settings, windows_of

SHARED = "REPARTITION_BY_NUM"
"""How Spark marks the exchange in its plan; a branch that reuses it has a mark, too."""

WITH_WINDOWS = sum(table.query == AGGREGATES for table in TABLES)


@pytest.fixture(scope="module")
def plan(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    story = Story(session, tmp_path_factory.mktemp("plan"), PAGE_METRICS)
    story.batch(click(page="/"))
    yield story.plan
    story.end()


def test_the_topic_is_read_once(plan: str) -> None:
    assert plan.count("FileScan") == 1


def test_all_tables_share_the_exchange_of_decoded_events(plan: str) -> None:
    assert plan.count("ReusedExchange") == WITH_WINDOWS - 1
    # The regular expression that recognises events is below the exchange, and nowhere else.
    above, below = plan.split(SHARED, maxsplit=1)
    assert "RLIKE" not in above
    assert "RLIKE" in below
    assert "RLIKE" not in below.split("ReusedExchange", maxsplit=1)[1]


def test_every_branch_has_its_watermark_above_the_exchange(plan: str) -> None:
    assert plan.count("EventTimeWatermark") == WITH_WINDOWS
    assert plan.split(SHARED, maxsplit=1)[0].count("EventTimeWatermark") == 1


@pytest.mark.parametrize(
    ("half", "named"),
    [
        (lambda events, window: events.groupBy(F.window("event_ts", window)).agg(F.max("speed")), "speed"),
        (lambda events, window: events.groupBy(F.window("event_ts", window)).count(), "pageviews|page"),
    ],
    ids=["unknown field", "other columns"],
)
def test_a_spark_half_that_cannot_be_computed_is_named_with_its_table(
    session: SparkSession, tmp_path: Path, half: SparkHalf, named: str
) -> None:
    broken = replace(CLICKS, tables=(*CLICKS.tables[:2], replace(PAGE_METRICS, spark=half)))
    records = FileTopic(tmp_path / "topic").records(session)
    with pytest.raises(DefinitionInvalid, match=f"page_metrics.*({named})"):
        plan_queries(records, broken, stream_settings(), windows_of())
