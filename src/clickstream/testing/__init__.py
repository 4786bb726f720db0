"""What tests, notebooks and scripts need of the kit: doubles, and a broker, a Spark session and stories.

    broker(), spark_session(), topic()    context managers: real parts for a block of code
    run_batches(), Job                    your function, DataFrame to DataFrame, over a real topic
    Story                                 a pipeline, step by step: send, run, kill, expect, check
    arrangements()                        the same records in other orders and batches
    assert_rows()                         expected rows beside those that are there
    ManualClock, RecordingProducer        doubles

The pytest plugin wraps them in fixtures: docs/testing.md. Spark, polars and the client of Kafka are imported
when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from clickstream.testing.doubles import ManualClock, RecordingProducer

if TYPE_CHECKING:
    from clickstream.testing.job import Job, run_batches
    from clickstream.testing.orders import arrangements
    from clickstream.testing.parts import broker, spark_session, topic
    from clickstream.testing.rows import assert_rows
    from clickstream.testing.steps import StoryFailed
    from clickstream.testing.story import Story
    from clickstream.testing.topics import Topic

__all__ = [
    "Job", "ManualClock", "RecordingProducer", "Story", "StoryFailed", "Topic", "arrangements", "assert_rows",
    "broker", "run_batches", "spark_session", "topic",
]  # fmt: skip

_MODULE_OF = {
    "Job": "job",
    "Story": "story",
    "StoryFailed": "steps",
    "Topic": "topics",
    "arrangements": "orders",
    "assert_rows": "rows",
    "broker": "parts",
    "run_batches": "job",
    "spark_session": "parts",
    "topic": "parts",
}


def __getattr__(name: str) -> object:
    """The parts that need more than the standard library, when they are asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
