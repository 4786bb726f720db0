"""Java's exceptions in words: what is known names our settings, the rest its class and message."""

from pathlib import Path

import pytest

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
from clickstream.stream.ending import in_words, what_ended

CHECKPOINT = Path("/data/checkpoints/default/aggregates")
KAFKA = "org.apache.kafka.common.errors"
DATA_LOSS = (
    "[KAFKA_DATA_LOSS.START_OFFSET_RESET] Some data may have been lost because they are not available in"
    " Kafka any more; If you don't want your streaming query to fail on such cases, set the source option"
    " failOnDataLoss to false. Reason:\nStarting offset for events-0 was 5 but consumer reset to 9."
)

KNOWN = [
    (f"java.lang.IllegalStateException: {DATA_LOSS}", RecordsLost, "FAIL_ON_DATA_LOSS=false"),
    (f"{KAFKA}.OffsetOutOfRangeException: Fetch position out of range", RecordsLost, "RUN_ID"),
    (f"{KAFKA}.UnknownTopicOrPartitionException: no such topic", PartDied, "RUN_ID"),
    (f"{KAFKA}.TopicAuthorizationException: Not authorized: [events]", BrokerRefused, "spark-kafka-source"),
    (f"{KAFKA}.GroupAuthorizationException: Not authorized", BrokerRefused, "spark-kafka-source"),
    (f"{KAFKA}.SaslAuthenticationException: wrong", BrokerRefused, "KAFKA_SASL_"),
    ("javax.net.ssl.SSLHandshakeException: PKIX path", BrokerRefused, "KAFKA_SSL_CA_LOCATION"),
    ("java.lang.Error: [CONCURRENT_STREAM_LOG_UPDATE] twice", RunInProgress, "RUN_ID"),
    ("java.lang.OutOfMemoryError: Java heap space", PartDied, "SPARK_DRIVER_MEMORY"),
    ("java.lang.OutOfMemoryError: unable to create native thread", PartDied, "ulimit -u"),
    ("java.nio.file.FileSystemException: /a/b: Too many open files", PartDied, "ulimit -n"),
    (f"{KAFKA}.TimeoutException: Timed out waiting for a node assignment.", PartDied, "clickstream status"),
    ("java.lang.NoSuchMethodError: 'void a.b()'", EnvironmentNotReady, "SPARK_PROPERTIES_FILE"),
    ("java.io.IOException: No space left on device", FolderNotWritable, "Free space"),
    ("org.apache.spark.SparkException: [CANNOT_LOAD_STATE_STORE.X] no", CheckpointDamaged, "RUN_ID"),
]


def ended(text: str) -> ClickstreamError:
    return what_ended(
        "aggregates", RuntimeError(f"An error occurred while calling o1.x.\n: {text}"), CHECKPOINT
    )


@pytest.mark.parametrize(("text", "kind", "step"), KNOWN, ids=[text.split(":")[0] for text, _, _ in KNOWN])
def test_a_known_cause_has_its_error_and_a_step_that_names_our_setting(
    text: str, kind: type[ClickstreamError], step: str
) -> None:
    error = ended(text)
    assert type(error) is kind
    assert error.sentence.startswith("The query aggregates ended, because ")
    assert step in error.next_step


def test_an_error_that_quotes_a_plan_with_the_option_is_not_taken_for_lost_records() -> None:
    error = ended(
        "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN] no column `speed`;\n"
        "StreamingRelationV2 kafka, [failOnDataLoss=true, subscribe=events]"
    )
    assert type(error) is PartDied
    assert "UNRESOLVED_COLUMN" in error.sentence


@pytest.mark.parametrize("text", [text for text, _, _ in KNOWN])
def test_no_step_names_an_option_of_another_tool_or_waits_for_what_never_comes(text: str) -> None:
    error = ended(text)
    said = " ".join([error.sentence, error.next_step, *error.details])
    assert not [words for words in ("failOnDataLoss", "cause is gone", "begin anew") if words in said]


def test_lost_records_are_told_with_the_offsets() -> None:
    assert ended(f"java.lang.IllegalStateException: {DATA_LOSS}").sentence.endswith(
        "(Starting offset for events-0 was 5 but consumer reset to 9)."
    )


def test_an_unknown_java_exception_is_told_with_class_and_message() -> None:
    error = ended("java.net.ConnectException: Call to localhost:1 failed")
    assert type(error) is PartDied
    assert error.sentence == "The query aggregates ended: ConnectException: Call to localhost:1 failed."
    assert "logs/spark.log" in error.next_step


def test_a_failure_outside_a_query_is_no_matter_of_a_checkpoint() -> None:
    error = in_words("The job ended", RuntimeError(": java.io.IOException: Permission denied"))
    assert isinstance(error, FolderNotWritable)
    assert error.sentence == "The job ended, because a file cannot be written: Permission denied."


def test_the_chain_of_causes_is_kept_for_the_curious() -> None:
    error = ended("java.lang.RuntimeException: outer\nCaused by: java.io.IOException: inner")
    assert error.details == ("RuntimeException: outer", "IOException: inner")
