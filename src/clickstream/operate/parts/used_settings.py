"""Which settings a part really uses, and the values that it runs with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, REDPANDA, SPARK_MASTER, STREAM
from clickstream.contract.run.layout import Layout
from clickstream.errors import BrokerUnavailable
from clickstream.pipeline.broker_access import running_broker
from clickstream.report.commands import from_here
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import GROUPS, Settings, values_of

FLAGS: Mapping[str, str] = {"--rate": "MSGS_PER_SEC", "--master": "SPARK_MASTER_URL"}
"""The flags that parts are started with, and the setting that each overrides."""

_LOGIN = frozenset({"KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"})
_CLUSTER = frozenset({"SPARK_WORKERS", "SPARK_WORKER_CORES", "SPARK_WORKER_MEMORY"})
_CONNECTION = frozenset({"KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "KAFKA_SECURITY_PROTOCOL"})


def _names(group: str) -> frozenset[str]:
    return frozenset(str(info.alias) for info in GROUPS[group].model_fields.values())


_PRODUCER = (
    _names("definition")
    | _names("generator")
    | _CONNECTION
    | {"KAFKA_PARTITIONS", "MSG_ACKS", "MSG_COMPRESSION", "MSG_DELIVERY_TIMEOUT", "STATE_PATH"}
    | {"OUTPUT_PATH", "RUN_ID"}  # the ledger of what it sent is beside the output
)
_JOB = (
    _names("definition")
    | _names("stream")
    | _names("windows")
    | _names("sink")
    | _CONNECTION
    | {"OUTPUT_PATH", "CHECKPOINT_PATH", "RUN_ID", "STATE_PATH", "JAVA_HOME"}
)
_USED: Mapping[str, frozenset[str]] = {
    PRODUCER: frozenset(_PRODUCER),
    STREAM: frozenset(_JOB),
    EMBEDDED_KAFKA: frozenset({"EMBEDDED_KAFKA_PORT", "EMBEDDED_KAFKA_MEMORY", "JAVA_HOME"}),
    REDPANDA: frozenset({"REDPANDA_PORT"}),
    SPARK_MASTER: frozenset({"SPARK_MASTER_PORT", "SPARK_MASTER_WEBUI_PORT", "JAVA_HOME", *_CLUSTER}),
}


def used_by(part: str, values: Mapping[str, str]) -> frozenset[str]:
    """The settings that a part uses with these values: what only acts together with another one is left out.

    A worker of a cluster uses the master's.
    """
    used = set(_USED.get(part, frozenset()))
    if part in (PRODUCER, STREAM):
        protocol = values.get("KAFKA_SECURITY_PROTOCOL", "")
        if protocol.startswith("SASL_"):
            used |= _LOGIN
        if protocol.endswith("SSL"):
            used.add("KAFKA_SSL_CA_LOCATION")
    if part == PRODUCER:
        for rate, how_far in (("LATE_RATE", "LATE_SECONDS"), ("FUTURE_RATE", "FUTURE_SECONDS")):
            if values.get(rate) == "0.0":
                used.discard(how_far)
    if part == STREAM:
        if values.get("SPARK_MASTER_URL", "").startswith("local"):
            used -= {"SPARK_DRIVER_HOST", "SHARED_STORAGE"}
        else:
            used |= _CLUSTER
    return frozenset(used)


def values_for(
    settings: Settings, flags: Mapping[str, str], recorded: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The values that a part started now would run with; a broker of the kit is named by its address.

    The flags of the part's command win. `recorded` is what the part runs with: it gives the address of a
    broker that is not there now, and the salts of secrets.
    """
    values = values_of(_with_flags(settings, flags), recorded)
    if not settings.broker.bootstrap_servers:
        # The kit's brokers listen in plain text, for any value of these settings.
        values["KAFKA_SECURITY_PROTOCOL"] = "PLAINTEXT"
        try:
            values["KAFKA_BOOTSTRAP_SERVERS"] = running_broker(settings).bootstrap_servers
        except BrokerUnavailable:
            values["KAFKA_BOOTSTRAP_SERVERS"] = (recorded or {}).get("KAFKA_BOOTSTRAP_SERVERS", "")
    return values


def flags_in(command: Sequence[str]) -> dict[str, str]:
    """The flags of `FLAGS` in a command line, with their values."""
    return {word: value for word, value in pairwise(command) if word in FLAGS}


def run_of(values: Mapping[str, str]) -> Layout | None:
    """The run that a job with these values writes; None for another part."""
    if not {"OUTPUT_PATH", "CHECKPOINT_PATH", "RUN_ID"} <= values.keys():
        return None
    run_id = values["RUN_ID"]
    return Layout(Path(values["OUTPUT_PATH"]) / run_id, Path(values["CHECKPOINT_PATH"]) / run_id)


def way_of(part: StartedProcess, settings: Settings) -> str:
    """From where to where a part without an address of its own carries records, by what it runs with."""
    topic = part.settings.get("KAFKA_TOPIC", settings.broker.topic)
    output = Path(part.settings.get("OUTPUT_PATH", str(settings.paths.output)))
    return {PRODUCER: f"→ {topic}", STREAM: f"{topic} → {from_here(output)}"}.get(part.name, "")


def _with_flags(settings: Settings, flags: Mapping[str, str]) -> Settings:
    generator, stream = settings.generator, settings.stream
    if "--rate" in flags:
        generator = generator.model_copy(update={"rate_per_s": float(flags["--rate"])})
    if "--master" in flags:
        stream = stream.model_copy(update={"master_url": flags["--master"]})
    return replace(settings, generator=generator, stream=stream)
