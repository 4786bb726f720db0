"""The compose file: one broker, on loopback, pinned, with the kit's own settings."""

import re
from typing import Any

import pytest
import yaml

from clickstream.broker.topics import TOPIC_CONFIG
from repo.project import ROOT, default_of, documents, settings

TEXT = (ROOT / "compose.redpanda.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::-([^}]*))?\}")


def test_there_is_one_broker_and_no_zookeeper() -> None:
    assert set(SERVICES) == {"redpanda", "topic"}
    assert "zookeeper" not in TEXT.lower()


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_each_service_is_one_exact_version_without_root_and_without_a_name_of_its_own(
    service: dict[str, Any],
) -> None:
    assert re.fullmatch(r"\S+:v\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?", service["image"])
    assert service["user"].split(":")[0] not in {"0", "root"}
    assert "container_name" not in service


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_each_published_port_is_on_loopback_alone(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "network_mode" not in service


def test_the_broker_has_a_limit_of_memory_a_health_check_and_a_volume_that_exists() -> None:
    broker = SERVICES["redpanda"]
    assert broker["mem_limit"]
    assert "rpk" in " ".join(broker["healthcheck"]["test"])
    volume = broker["volumes"][0].partition(":")[0]
    assert volume in yaml.safe_load(TEXT)["volumes"]


def test_every_variable_has_the_default_of_the_setting_or_of_the_env_example() -> None:
    example = (ROOT / ".env.example").read_text()
    used = VARIABLE.findall(TEXT)
    assert used
    for name, default in used:
        if name in settings():
            assert default == default_of(settings()[name])
        else:
            assert f"#{name}={default}\n" in example


def test_the_topic_is_created_as_the_kit_creates_it() -> None:
    script = SERVICES["topic"]["command"][0]
    given = dict(re.findall(r"--topic-config (\S+?)=(\S+)", script))
    assert given == TOPIC_CONFIG


def test_the_documents_name_the_address_that_it_publishes() -> None:
    port = re.search(r"127\.0\.0\.1:\$\{REDPANDA_PORT:-(\d+)\}:", TEXT)
    assert port is not None
    named = {
        address
        for text in [TEXT, *(document.read_text() for document in documents())]
        for address in re.findall(r"KAFKA_BOOTSTRAP_SERVERS=(127\.0\.0\.1:\d+)", text)
    }
    assert named == {f"127.0.0.1:{port[1]}"}
