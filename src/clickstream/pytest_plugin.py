"""The pytest plugin: fixtures for stories on a real broker and in a real Spark session (docs/testing.md).

pytest imports this file in every run, so it imports nothing but pytest; each fixture imports what it needs.
Broker and session start with the first test that asks for them, one each per process.
"""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from clickstream.contract.definition.pipeline import Pipeline
    from clickstream.stream.session.session import Session
    from clickstream.testing import Job, Story, Topic
    from clickstream.testing.job import Function
    from clickstream.testing.steps import Origin

_SEED = "--clickstream-seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that repeats what a story drew."""
    group = parser.getgroup("clickstream", "stories of a streaming pipeline")
    group.addoption(_SEED, type=int, help="seed of the orders that stories draw; a failure prints it")


@pytest.fixture(scope="session")
def clickstream_seed(pytestconfig: pytest.Config) -> int:
    """The seed of all that is drawn: `--clickstream-seed`, else another one in each run."""
    given: int | None = pytestconfig.getoption(_SEED)
    if given is not None:
        return given
    import secrets

    return secrets.randbelow(2**32)


@pytest.fixture(scope="session")
def clickstream_pipeline() -> "Pipeline":
    """The pipeline of the settings; override it with your own."""
    with _in_words():
        from clickstream.settings import PIPELINE
    return PIPELINE


@pytest.fixture(scope="session")
def clickstream_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Kafka that starts with the first test that needs it."""
    from clickstream.testing import broker

    with _in_words(), broker(tmp_path_factory.mktemp("clickstream-broker")) as bootstrap_servers:
        yield bootstrap_servers


@pytest.fixture(scope="session")
def clickstream_spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Session]":
    """A Spark session with the Kafka connector, in UTC, that starts with the first test that needs it."""
    from clickstream.testing import spark_session

    with _in_words(), spark_session(tmp_path_factory.mktemp("clickstream-spark")) as session:
        yield session


@pytest.fixture
def clickstream_topic(clickstream_broker: str) -> "Iterator[Topic]":
    """A topic of this test, with one partition."""
    from clickstream.testing import topic

    with _in_words(), topic(clickstream_broker) as own:
        yield own


@pytest.fixture
def clickstream_story(
    request: pytest.FixtureRequest,
    clickstream_pipeline: "Pipeline",
    clickstream_broker: str,
    clickstream_spark: "Session",
    clickstream_seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Story]":
    """A story of the pipeline, with a topic, an output and a checkpoint of its own."""
    from clickstream.testing import Story

    folder = tmp_path_factory.mktemp("story")
    origin = _origin(request, clickstream_seed)
    with Story(clickstream_pipeline, clickstream_spark, clickstream_broker, folder, origin) as story:
        yield story


@pytest.fixture
def clickstream_job(
    request: pytest.FixtureRequest,
    clickstream_topic: "Topic",
    clickstream_spark: "Session",
    clickstream_seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Callable[..., Job]":
    """Runs a function, from the records of `clickstream_topic` to rows, on a checkpoint of its own.

    Call it with the function, and with `output_mode` if that is not `append`.
    """
    from clickstream.testing import Job

    def job_of(function: "Function", *, output_mode: str = "append") -> "Job":
        folder = tmp_path_factory.mktemp("job")
        return Job(
            function,
            clickstream_spark,
            clickstream_topic,
            folder,
            output_mode=output_mode,
            origin=_origin(request, clickstream_seed),
        )

    return job_of


@contextmanager
def _in_words() -> Iterator[None]:
    """Fail without a traceback where the kit says what is missing and what to do."""
    from clickstream.errors import ClickstreamError

    try:
        yield
    except ClickstreamError as error:
        lines = [line for line in (error.sentence, error.next_step, *error.details) if line]
        pytest.fail("\n".join(lines), pytrace=False)


def _origin(request: pytest.FixtureRequest, seed: int) -> "Origin":
    from clickstream.testing.steps import Origin

    return Origin(shlex.join(["python", "-m", "pytest", request.node.nodeid, f"{_SEED}={seed}"]), seed)
