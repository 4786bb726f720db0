"""Every error that librdkafka knows becomes one of ours."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from clickstream import errors
from clickstream.broker.failures import RecentErrors, wrapped
from clickstream.settings import BrokerSettings

SETTINGS = BrokerSettings.model_construct(bootstrap_servers="127.0.0.1:9092", topic="events")
CODES = {name: code for name in dir(KafkaError) if isinstance(code := getattr(KafkaError, name), int)}


@pytest.mark.parametrize("name", CODES)
def test_every_code_becomes_an_error_that_says_where_and_what_next(name):
    error = wrapped(KafkaException(KafkaError(CODES[name], "said so")), SETTINGS, "looking")
    assert isinstance(error, errors.ClickstreamError)
    assert error.exit_code in (2, 3)
    assert error.next_step
    assert "127.0.0.1:9092" in f"{error.sentence} {error.next_step}" or "events" in error.sentence


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (KafkaError._ALL_BROKERS_DOWN, errors.BrokerUnavailable),
        (KafkaError._TRANSPORT, errors.BrokerUnavailable),
        (KafkaError._TIMED_OUT, errors.BrokerUnavailable),
        (KafkaError._RESOLVE, errors.BrokerUnavailable),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, errors.TopicNotFound),
        (KafkaError._UNKNOWN_PARTITION, errors.TopicNotFound),
        (KafkaError.OFFSET_OUT_OF_RANGE, errors.CouldNotCheck),
        (KafkaError._AUTO_OFFSET_RESET, errors.CouldNotCheck),
        (KafkaError.INVALID_REPLICATION_FACTOR, errors.SettingInvalid),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, errors.BrokerRefused),
    ],
)
def test_what_a_person_can_act_on_has_an_error_of_its_own(code, kind):
    assert type(wrapped(KafkaError(code), SETTINGS, "looking")) is kind


def test_the_sentence_says_what_was_being_done_and_librdkafkas_reason():
    error = wrapped(KafkaError(KafkaError._TIMED_OUT, "no metadata"), SETTINGS, "creating topic events")
    assert error.sentence == (
        "The broker at 127.0.0.1:9092 did not answer while creating topic events: no metadata."
    )


def test_recent_errors_keep_the_last_three_that_differ():
    recent = RecentErrors()
    for text in ("a", "b", "b", "c", "d"):
        recent(KafkaError(KafkaError._TRANSPORT, text))
    assert recent.texts == ("b", "c", "d")
