"""The topic's configuration, where it is not the broker's own default."""

# Public by their documentation, not by their stubs.
from confluent_kafka.admin import ConfigEntry, ConfigResource, ResourceType  # type: ignore[attr-defined]

from clickstream.broker.topics import DEADLINE_S, administering
from clickstream.settings import BrokerSettings

_CLEANUP_POLICY = "cleanup.policy"


def topic_config(settings: BrokerSettings, *, deadline_s: float = DEADLINE_S) -> dict[str, str]:
    """What was set on the topic itself, by name.

    Raises:
        BrokerUnavailable: no answer within `deadline_s`.
        TopicNotFound: there is no such topic.
    """
    entries = _entries(settings, deadline_s)
    return {name: str(entry.value) for name, entry in sorted(entries.items()) if not entry.is_default}


def cleanup_policy(settings: BrokerSettings, *, deadline_s: float = DEADLINE_S) -> str:
    """The topic's cleanup.policy, its own or the broker's default: `delete`, `compact` or both.

    Raises:
        BrokerUnavailable: no answer within `deadline_s`.
        BrokerRefused: the user may not describe the topic's configuration.
        TopicNotFound: there is no such topic.
    """
    entry = _entries(settings, deadline_s).get(_CLEANUP_POLICY)
    return "" if entry is None else str(entry.value)


def _entries(settings: BrokerSettings, deadline_s: float) -> dict[str, ConfigEntry]:
    with administering(settings, f"describing topic {settings.topic}", deadline_s) as admin:
        resource = ConfigResource(ResourceType.TOPIC, settings.topic)
        answers = admin.describe_configs([resource], request_timeout=deadline_s)
        entries: dict[str, ConfigEntry] = answers[resource].result()
    return entries
