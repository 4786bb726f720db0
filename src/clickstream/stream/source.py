"""The Kafka source: which records a query reads, and how many at a time."""

from pyspark.sql import DataFrame, SparkSession

from clickstream.settings import BrokerSettings, StreamSettings
from clickstream.stream.connection import connection_options

# How often Spark looks for a topic's new partitions, and how long it waits for an answer of the broker.
_METADATA_MAX_AGE_MS = 5_000
# At the end of a partition the consumer first asks for more, then for the end offset. The broker answers the
# requests of a connection in order, so the second waits as long as the first may: by default 500 ms for each
# partition, in each batch that reads to the end.
_FETCH_MAX_WAIT_MS = 10


def kafka_records(session: SparkSession, settings: StreamSettings, broker: BrokerSettings) -> DataFrame:
    """The topic as a stream of `value`, `partition`, `offset`, `timestamp` and the source's other columns.

    Only committed records: the source ends at the last stable offset, and skips aborted transactions.
    Nothing is read yet, and no connection opened.
    """
    reader = (
        session.readStream.format("kafka")
        .options(**connection_options(broker))
        .option("subscribe", broker.topic)
        .option("startingOffsets", settings.starting_offsets)
        .option("maxOffsetsPerTrigger", settings.max_offsets_per_trigger)
        .option("failOnDataLoss", str(settings.fail_on_data_loss).lower())
        .option("kafka.metadata.max.age.ms", _METADATA_MAX_AGE_MS)
        .option("kafka.fetch.max.wait.ms", _FETCH_MAX_WAIT_MS)
        .option("kafka.isolation.level", "read_committed")
    )
    if settings.min_partitions:
        reader = reader.option("minPartitions", settings.min_partitions)
    return reader.load()
