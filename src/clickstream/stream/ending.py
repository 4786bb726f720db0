"""What ended a query, in words: known causes with a step that can be taken, else Java's innermost one."""

import re
from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.java_error import chain_in, root_of, text_of
from clickstream.errors import (
    BrokerRefused,
    CheckpointDamaged,
    ClickstreamError,
    EnvironmentNotReady,
    FolderNotWritable,
    PartDied,
    RecordsLost,
    RunInProgress,
)

_NEW_RUN = "start a new run with another RUN_ID, which reads the topic from its first record"
_NOT_OURS = "failOnDataLoss"
"""An option of Spark's Kafka source, which its message of lost records suggests to change."""
_STACK_TRACE = "The stack trace is in logs/spark.log below STATE_PATH"


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cause that is known: the texts that it shows itself by, the error, why, and what to do."""

    pattern: str
    error: type[ClickstreamError]
    why: str
    next_step: str


# The first that fits. Names of exceptions: org.apache.kafka.common.errors; error conditions: Spark's
# error-conditions.json and the Kafka connector's kafka-error-conditions.json, both of the pinned version.
_CAUSES = (
    _Cause(
        # Not the option alone: every plan that Spark quotes has it.
        r"KAFKA_DATA_LOSS|failOnDataLoss\W+to\b|OffsetOutOfRangeException",
        RecordsLost,
        "records that it has not read are no longer in the topic: retention or compaction removed them, or"
        " the topic was deleted",
        f"To continue without them, set FAIL_ON_DATA_LOSS=false and start again. Otherwise {_NEW_RUN}.",
    ),
    _Cause(
        r"UnknownTopicOrPartitionException|UnknownTopicIdException|START_OFFSET_GREATER_THAN_END_OFFSET",
        PartDied,  # a broker that has just started also raises it
        "the topic was deleted, or its partitions are not those that the query has read",
        f"See `clickstream topic describe`. If the topic was deleted or created again, {_NEW_RUN}.",
    ),
    _Cause(
        r"TopicAuthorizationException|GroupAuthorizationException|ClusterAuthorizationException",
        BrokerRefused,
        "the broker does not let KAFKA_SASL_USERNAME read",
        "Give that user the rights to describe and read the topic, and to read with consumer groups whose"
        " names begin with spark-kafka-source; then start again.",
    ),
    _Cause(
        r"SaslAuthenticationException|SslAuthenticationException|UnsupportedSaslMechanism|SSLHandshakeException",
        BrokerRefused,
        "the broker refused the login or its certificate is not trusted",
        "Check KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_* and KAFKA_SSL_CA_LOCATION with `clickstream doctor`.",
    ),
    _Cause(
        r"CONCURRENT_STREAM_LOG_UPDATE|STREAMING_QUERY.*CONCURRENT|CONCURRENT_QUERY",
        RunInProgress,
        "another job writes to its checkpoint",
        "Stop the other job, or give this one another RUN_ID.",
    ),
    _Cause(
        r"OutOfMemoryError.*native thread|unable to create native thread",
        PartDied,
        "the system allows no further thread",
        "Raise the limit of processes (`ulimit -u`) or end other programs; then start again.",
    ),
    _Cause(
        r"Too many open files",
        PartDied,
        "the system allows no further open file",
        "Raise the limit, for example with `ulimit -n 4096`, and start again in the same shell.",
    ),
    _Cause(
        r"OutOfMemoryError",
        PartDied,
        "its JVM has too little memory",
        "Set SPARK_DRIVER_MEMORY to more (on a cluster SPARK_WORKER_MEMORY, too), or"
        " MAX_OFFSETS_PER_TRIGGER to less; then start again: it continues where it was.",
    ),
    _Cause(
        r"org\.apache\.kafka\.common\.errors\.(?:TimeoutException|DisconnectException|NetworkException)"
        r"|No resolvable bootstrap urls",
        PartDied,
        "the broker no longer answers",
        "Start the broker again (`clickstream status` shows it) or check KAFKA_BOOTSTRAP_SERVERS; then start"
        " again: it continues where it was.",
    ),
    _Cause(
        r"NoSuchMethodError|NoSuchFieldError|NoClassDefFoundError|ClassNotFoundException|AbstractMethodError",
        EnvironmentNotReady,
        "classes of different Spark versions are mixed",
        "Remove jars and class paths from SPARK_PROPERTIES_FILE, or install again with `./scripts/prepare`.",
    ),
)


def what_ended(name: str, error: BaseException, checkpoint: Path) -> ClickstreamError:
    """The error for a query that ended by itself; `checkpoint` is its own."""
    return in_words(f"The query {name} ended", error, checkpoint)


def in_words(what: str, error: BaseException, checkpoint: Path | None = None) -> ClickstreamError:
    """The error for a Java exception, or for one that PySpark has made of it.

    Args:
        what: the beginning of the sentence, such as `The query aggregates ended`.
        error: what was raised.
        checkpoint: the query's own, where it is one that ended.
    """
    text, root = text_of(error), root_of(error)
    details = tuple(str(each) for each in chain_in(text)[:6] if _NOT_OURS not in str(each))
    sign = FolderNotWritable.sign_in(text)
    if sign is not None:  # Spark's own log and state are in the checkpoint
        place = f"its checkpoint {checkpoint} or a temporary file" if checkpoint else "a file"
        return FolderNotWritable(
            f"{what}, because {place} cannot be written: {sign}.",
            next_step="Free space or make it writable, then start again: it continues where it was.",
        )
    if checkpoint is not None and re.search(r"CANNOT_LOAD_STATE_STORE|STATE_STORE_\w*CHECKSUM", text):
        return CheckpointDamaged(
            f"{what}, because its state in {checkpoint / 'state'} cannot be read: {root}.",
            next_step=f"Restore output and checkpoint from the same backup, or {_NEW_RUN}.",
        )
    for cause in _CAUSES:
        if re.search(cause.pattern, text):
            if cause.error is RecordsLost:
                reason = re.search(r"Reason:\s*([^\n]+)", text)
                root = reason[1].rstrip(" .") if reason else root
            return cause.error(
                f"{what}, because {cause.why} ({root}).", next_step=cause.next_step, details=details
            )
    return PartDied(
        f"{what}: {root}.",
        next_step="Start it again: it continues where it was. If it ends the same way, fix what the message"
        f" names. {_STACK_TRACE}.",
        details=details,
    )
