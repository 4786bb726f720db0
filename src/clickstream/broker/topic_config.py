"""The topic's configuration, and the warning if it lets the broker remove records that the check needs."""

# Public by their documentation, not by their stubs.
from confluent_kafka.admin import ConfigEntry, ConfigResource, ResourceType  # type: ignore[attr-defined]

from clickstream.broker.topics import DEADLINE_S, administering
from clickstream.contract.run.layout import Layout
from clickstream.errors import ClickstreamError
from clickstream.settings import BrokerSettings


def topic_config(settings: BrokerSettings) -> dict[str, str]:
    """What was set on the topic itself, by name; without the broker's own defaults. Raises as in `topics`."""
    entries = _entries(settings)
    return {name: str(entry.value) for name, entry in sorted(entries.items()) if not entry.is_default}


def cleanup_policy(settings: BrokerSettings) -> str:
    """The topic's cleanup.policy, its own or the broker's default: `delete`, `compact` or both.

    Raises:
        BrokerRefused: the user may not describe the topic's configuration; else as in `topics`.
    """
    entry = _entries(settings).get("cleanup.policy")
    return "" if entry is None else str(entry.value)


def compacting_policy(settings: BrokerSettings) -> str:
    """The topic's cleanup.policy if it contains compact; empty if it does not or cannot be read."""
    try:
        policy = cleanup_policy(settings)
    except ClickstreamError:  # a user may be allowed to read a topic, and not its configuration
        return ""
    return policy if "compact" in policy.split(",") else ""


def compaction_warning(settings: BrokerSettings, layout: Layout) -> str:
    """What a first start prints about a compacted topic; empty for a later start or another topic."""
    if layout.output_terms_path().exists() or not (policy := compacting_policy(settings)):
        return ""
    return (
        f"Topic {settings.topic} has cleanup.policy={policy}: the broker removes older records of the same"
        " key. Then `clickstream check` cannot recompute the landed rows, and a batch that runs again after a"
        " crash may find fewer records. To keep all records: "
        f"kafka-configs.sh --bootstrap-server {settings.bootstrap_servers} --alter --entity-type topics "
        f"--entity-name {settings.topic} --add-config cleanup.policy=delete,retention.ms=-1"
    )


def _entries(settings: BrokerSettings) -> dict[str, ConfigEntry]:
    with administering(settings, f"describing topic {settings.topic}", DEADLINE_S) as admin:
        resource = ConfigResource(ResourceType.TOPIC, settings.topic)
        answers = admin.describe_configs([resource], request_timeout=DEADLINE_S)
        entries: dict[str, ConfigEntry] = answers[resource].result()
    return entries
