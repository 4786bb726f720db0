"""One Spark session for all of these tests, and a topic made of files, so that no broker is needed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pyspark.sql import SparkSession

from clickstream.runtime.java.find import find_java
from clickstream.stream.session.session import close_session, open_session
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


@dataclass(frozen=True)
class Amount:
    """How much the random tests try, and the seed that chooses what."""

    streams: int
    messages: int
    seed: int


@pytest.fixture(scope="session")
def amount(pytestconfig: pytest.Config) -> Amount:
    """A sample in the default list, five and twenty times as much in the thorough one, or as options say."""
    streams, messages = (100, 100_000) if pytestconfig.getoption("--thorough") else (20, 5_000)
    return Amount(
        streams=int(pytestconfig.getoption("--examples", default=None) or streams),
        messages=int(pytestconfig.getoption("--messages", default=None) or messages),
        seed=int(pytestconfig.getoption("--seed", default=1)),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", help="random streams of the differential test; default 20, thorough 100")
    parser.addoption("--messages", help="messages of the hostile flood; default 5000, thorough 100000")
    parser.addoption("--seed", default=1, help="which random streams and messages")
