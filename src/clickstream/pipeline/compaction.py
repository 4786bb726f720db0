"""A compacted topic: the broker removes records that the check needs."""

from clickstream.broker.description import cleanup_policy
from clickstream.contract.layout import Layout
from clickstream.errors import ClickstreamError
from clickstream.settings import BrokerSettings


def compacting_policy(broker: BrokerSettings) -> str:
    """The topic's cleanup.policy if it contains compact; empty if it does not or cannot be read."""
    try:
        policy = cleanup_policy(broker)
    except ClickstreamError:  # a user may be allowed to read a topic, and not its configuration
        return ""
    return policy if "compact" in policy.split(",") else ""


def compaction_warning(broker: BrokerSettings, layout: Layout) -> str:
    """What a first start prints about a compacted topic; empty for a later start or another topic."""
    if layout.output_terms_path().exists():
        return ""
    policy = compacting_policy(broker)
    if not policy:
        return ""
    return (
        f"Topic {broker.topic} has cleanup.policy={policy}: the broker removes older records of the same key."
        " Then `clickstream check` cannot recompute the landed rows, and a batch that runs again after a"
        f" crash may find fewer records. To keep all records: {keep_all(broker)}"
    )


def keep_all(broker: BrokerSettings) -> str:
    """The command that turns compaction of the topic off."""
    return (
        f"kafka-configs.sh --bootstrap-server {broker.bootstrap_servers} --alter --entity-type topics "
        f"--entity-name {broker.topic} --add-config cleanup.policy=delete,retention.ms=-1"
    )
