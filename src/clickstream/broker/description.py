"""The topic's configuration, where it is not the broker's own default."""

# Public by their documentation, not by their stubs.
from confluent_kafka.admin import ConfigEntry, ConfigResource, ResourceType  # type: ignore[attr-defined]

from clickstream.broker.topics import DEADLINE_S, administering
from clickstream.settings import BrokerSettings


def topic_config(settings: BrokerSettings, *, deadline_s: float = DEADLINE_S) -> dict[str, str]:
    """What was set on the topic itself, by name.

    Raises:
        BrokerUnavailable: no answer within `deadline_s`.
        TopicNotFound: there is no such topic.
    """
    with administering(settings, f"describing topic {settings.topic}", deadline_s) as admin:
        resource = ConfigResource(ResourceType.TOPIC, settings.topic)
        answers = admin.describe_configs([resource], request_timeout=deadline_s)
        entries: dict[str, ConfigEntry] = answers[resource].result()
    return {name: str(entry.value) for name, entry in sorted(entries.items()) if not entry.is_default}
