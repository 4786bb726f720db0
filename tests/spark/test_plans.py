"""What Spark makes of the aggregates: the topic is read and decoded once for all tables."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from clickstream.clicks.tables import PAGE_METRICS, TABLES
from clickstream.contract.definition.tables import AGGREGATES
from file_topic import click
from story import Story

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
