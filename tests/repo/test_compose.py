"""The compose files: one broker, on loopback, pinned, unprivileged, with the kit's own settings."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from clickstream.broker.topics import TOPIC_CONFIG
from clickstream.runtime.kafka.redpanda import COMPOSE_FILE
from clickstream.settings import BrokerSettings, GeneratorSettings, PathSettings, SinkSettings, StreamSettings
from repo.project import ROOT, default_of, documents, settings
from repo.test_env_example import COMPOSE_ONLY

TEXT = (ROOT / "compose.redpanda.yml").read_text()
FILE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
DURABLE = yaml.safe_load((ROOT / "compose.durable.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::-([^}]*))?\}")
EXACT_VERSION = re.compile(r"\S+:v?\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")

FIXED_IN_A_CONTAINER = {
    # Where things are inside the network and on the shared volume.
    "BROKER_BACKEND",
    "KAFKA_BOOTSTRAP_SERVERS",
    "SPARK_MASTER_URL",
    "SPARK_DRIVER_HOST",
    "SHARED_STORAGE",
    "OUTPUT_PATH",
    "CHECKPOINT_PATH",
    # The internal listener speaks in the clear.
    "KAFKA_SECURITY_PROTOCOL",
}
NOT_FOR_A_CONTAINER = {
    # A login means nothing to a listener without one, and would be readable in the container's description.
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_USERNAME",
    "KAFKA_SASL_PASSWORD",
    "KAFKA_SSL_CA_LOCATION",
    # A file, options and variables of this machine.
    "SPARK_PROPERTIES_FILE",
    "SPARK_DRIVER_JAVA_OPTIONS",
    "SPARK_DRIVER_ENVIRONMENT",
    # The image itself says where these are.
    "STATE_PATH",
    "CACHE_PATH",
}
REACHES = {
    "producer": (GeneratorSettings, BrokerSettings),
    "spark-streaming": (BrokerSettings, StreamSettings, SinkSettings, PathSettings),
}


def test_there_is_one_broker_and_no_zookeeper() -> None:
    brokers = [name for name, service in SERVICES.items() if service.get("command", [""])[0] == "redpanda"]
    assert brokers == ["redpanda"]
    assert "zookeeper" not in TEXT.lower()


def test_the_file_in_the_root_is_the_one_that_the_wheel_has() -> None:
    assert (ROOT / "compose.redpanda.yml").resolve().read_bytes() == COMPOSE_FILE.read_bytes()
    if COMPOSE_FILE.is_relative_to(ROOT / "src"):
        assert (ROOT / "compose.redpanda.yml").samefile(COMPOSE_FILE)


def test_each_of_the_seven_services_of_the_replaced_pipeline_has_its_counterpart() -> None:
    table = re.findall(
        r"^\| `([\w-]+)` \| `([\w-]+)` \|", (ROOT / "docs" / "compose.md").read_text(), re.MULTILINE
    )
    replaced = {
        "zookeeper",
        "kafka",
        "kafka-init",
        "spark-master",
        "spark-worker",
        "spark-streaming",
        "producer",
    }
    assert {before for before, _ in table} == replaced
    assert {now for _, now in table} <= set(SERVICES)


def test_without_a_profile_there_is_the_broker_alone() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["redpanda"]
    for name in ("topic", "spark-master", "spark-worker", "spark-streaming", "producer"):
        assert "pipeline" in SERVICES[name]["profiles"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_one_exact_version_and_no_latest(name: str) -> None:
    assert EXACT_VERSION.fullmatch(SERVICES[name]["image"])


def test_each_built_image_is_a_stage_of_the_dockerfile_on_bases_of_one_exact_version() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))
    built = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert built == {"job", "producer"}
    assert built <= stages
    bases = dict(re.findall(r"^ARG (\w+_IMAGE)=(\S+)$", DOCKERFILE, re.MULTILINE))
    assert bases
    assert all(EXACT_VERSION.fullmatch(image) for image in bases.values())
    from_images = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) - stages
    assert from_images == {f"${{{name}}}" for name in bases}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_no_service_is_root_or_has_a_name_of_its_own_or_no_limit_of_memory(service: dict[str, Any]) -> None:
    assert service["user"].split(":")[0] not in {"0", "root"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert "container_name" not in service
    assert "privileged" not in service
    assert "network_mode" not in service


def test_nothing_is_opened_to_everybody_by_chmod() -> None:
    assert "777" not in TEXT + DOCKERFILE
    last_user = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1]
    assert last_user == SERVICES["producer"]["user"] == SERVICES["spark-streaming"]["user"]


def test_each_published_port_is_on_loopback_and_no_two_defaults_collide() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    published = [VARIABLE.sub(r"\2", port).split(":")[1] for port in ports]
    assert len(published) == len(set(published)) == 4


def test_each_volume_is_a_named_one_that_exists() -> None:
    used = {
        volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])
    }
    assert used == set(FILE["volumes"])


def test_the_broker_has_a_health_check_by_rpk() -> None:
    assert "rpk" in " ".join(SERVICES["redpanda"]["healthcheck"]["test"])


def test_every_variable_is_a_setting_or_of_compose_alone_with_the_same_default() -> None:
    used = VARIABLE.findall(TEXT)
    assert used
    for name, default in used:
        known = default_of(settings()[name]) if name in settings() else COMPOSE_ONLY[name][0]
        assert (name, default) == (name, known)
    assert set(COMPOSE_ONLY) <= {name for name, _ in used}


@pytest.mark.parametrize("name", REACHES)
def test_every_setting_of_the_producer_and_of_the_job_reaches_its_service(name: str) -> None:
    wanted = {str(info.alias) for group in REACHES[name] for info in group.model_fields.values()}
    given = SERVICES[name]["environment"]
    assert wanted - NOT_FOR_A_CONTAINER <= set(given)
    for setting in wanted - NOT_FOR_A_CONTAINER - FIXED_IN_A_CONTAINER:
        assert VARIABLE.fullmatch(given[setting])[1] == setting  # type: ignore[index]
    assert set(given) <= set(settings())


def test_the_worker_offers_what_its_settings_say() -> None:
    words = [VARIABLE.sub(r"$\1", word) for word in SERVICES["spark-worker"]["command"]]
    assert words[words.index("--cores") + 1] == "$SPARK_WORKER_CORES"
    assert words[words.index("--memory") + 1] == "$SPARK_WORKER_MEMORY"


def test_driver_and_executors_share_output_and_checkpoints() -> None:
    driver, worker = SERVICES["spark-streaming"], SERVICES["spark-worker"]
    assert driver["image"] == worker["image"]
    assert driver["volumes"] == worker["volumes"] == ["data:/data"]
    for path in ("OUTPUT_PATH", "CHECKPOINT_PATH"):
        assert driver["environment"][path].startswith("/data/")


def test_the_topic_is_created_as_the_kit_creates_it() -> None:
    script = SERVICES["topic"]["command"][0]
    given = dict(re.findall(r"--topic-config (\S+?)=(\S+)", script))
    assert given == TOPIC_CONFIG


def test_a_durable_run_syncs_writes_and_turns_write_caching_off() -> None:
    command = DURABLE["redpanda"]["command"]
    assert not any("dev-container" in word or "bypass" in word for word in command)
    assert DURABLE["topic"]["environment"]["WRITE_CACHING"] == "false"
    listeners = [word for word in SERVICES["redpanda"]["command"] if "kafka-addr" in word]
    assert [word for word in command if "kafka-addr" in word] == listeners


def test_the_documents_name_the_address_that_it_publishes() -> None:
    port = re.search(r"127\.0\.0\.1:\$\{REDPANDA_PORT:-(\d+)\}:", TEXT)
    assert port is not None
    named = {
        address
        for text in [TEXT, *(document.read_text() for document in documents())]
        for address in re.findall(r"KAFKA_BOOTSTRAP_SERVERS=(127\.0\.0\.1:\d+)", text)
    }
    assert named == {f"127.0.0.1:{port[1]}"}


@pytest.mark.parametrize("profile", ["", "topic", "pipeline", "console", "*"])
@pytest.mark.parametrize("override", [(), ("compose.durable.yml",)], ids=["dev", "durable"])
def test_compose_itself_takes_it_in_a_clean_clone(
    profile: str, override: tuple[str, ...], tmp_path: Path
) -> None:
    compose = shutil.which("docker-compose")
    command = [compose] if compose else ["docker", "compose"]
    if not compose and (
        not shutil.which("docker") or subprocess.run([*command, "version"], check=False).returncode
    ):
        pytest.skip("the compose plugin is not installed")
    for name in ("compose.redpanda.yml", *override):
        shutil.copy(ROOT / name, tmp_path / name)  # alone, without a .env
    files = [word for name in ("compose.redpanda.yml", *override) for word in ("--file", name)]
    profiles = ["--profile", profile] if profile else []
    ended = subprocess.run(
        [*command, *files, *profiles, "config", "--quiet"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
