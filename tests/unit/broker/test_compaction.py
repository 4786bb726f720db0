"""A compacted topic is warned of at the first start of a run, with the command that keeps all records."""

from pathlib import Path

import pytest

from clickstream.broker import topic_config
from clickstream.broker.topic_config import compacting_policy, compaction_warning
from clickstream.contract.run.layout import Layout
from clickstream.errors import BrokerRefused
from clickstream.settings import BrokerSettings

BROKER = BrokerSettings.model_construct(topic="clicks", bootstrap_servers="127.0.0.1:9092")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


@pytest.mark.parametrize("policy", ["compact", "compact,delete", "delete,compact"])
def test_the_first_start_names_topic_consequence_and_command(layout, monkeypatch, policy: str) -> None:
    monkeypatch.setattr(topic_config, "cleanup_policy", lambda _broker: policy)
    warning = compaction_warning(BROKER, layout)
    assert f"Topic clicks has cleanup.policy={policy}" in warning
    assert "clickstream check" in warning
    assert "--entity-name clicks --add-config cleanup.policy=delete" in warning
    layout.output_terms_path().parent.mkdir(parents=True)
    layout.output_terms_path().write_text("a run")
    assert compaction_warning(BROKER, layout) == ""


def test_a_topic_that_deletes_needs_no_warning(layout, monkeypatch) -> None:
    monkeypatch.setattr(topic_config, "cleanup_policy", lambda _broker: "delete")
    assert compaction_warning(BROKER, layout) == ""


def test_a_policy_that_may_not_be_read_stops_nothing(monkeypatch) -> None:
    def refused(_broker):
        raise BrokerRefused("no")

    monkeypatch.setattr(topic_config, "cleanup_policy", refused)
    assert compacting_policy(BROKER) == ""
