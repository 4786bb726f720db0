"""One Spark session for all of these tests, and a topic made of files, so that no broker is needed."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from clickstream.runtime.java import find_java
from clickstream.stream.session import close_session, open_session
from story import stream_settings

LONGEST_FIRST = ("test_differential.py", "test_decoding.py", "test_closing.py")
"""Of two files at a time, the last must not be a long one; a file of few tests gets the next one with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [*LONGEST_FIRST, item.path.name].index(item.path.name))


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    folder = tmp_path_factory.mktemp("spark")
    further = folder / "further.conf"
    further.write_text("spark.of.the.users.own given\nspark.app.name overridden\n")
    opened = open_session(
        # Some 10 MB of every run stay behind in a session, and a hundred runs follow one another here.
        stream_settings(SPARK_DRIVER_MEMORY="4g"),
        java_home=find_java().path,
        jars=[],
        log_file=folder / "spark.log",
        short_run=False,  # many minutes, in which the optimising compiler pays
        properties=[further],
    )
    yield opened
    close_session(opened)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", default=100, help="random streams of the differential test")
    parser.addoption("--seed", default=1, help="which random streams and messages")
    parser.addoption("--messages", default=100_000, help="fuzzed messages of the hostile flood")
