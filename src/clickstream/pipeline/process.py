"""Topic to landed files: session, the run's terms, and the job with its sinks."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clickstream.broker.topics import TopicDescription, describe_topic, ensure_topic
from clickstream.clock import Clock
from clickstream.contract.layout import Layout
from clickstream.contract.progress import BatchProgress
from clickstream.contract.tables import QUERIES
from clickstream.contract.terms import RunTerms
from clickstream.errors import TopicNotFound
from clickstream.pipeline.broker_access import JvmParts, Stage, jvm_parts, running_broker
from clickstream.runtime.jars import SPARK_KAFKA, Progress
from clickstream.settings import BrokerSettings, PathSettings, Settings

if TYPE_CHECKING:
    from clickstream.stream.session import SparkSession
