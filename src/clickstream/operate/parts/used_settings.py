"""Which settings a part really uses, and the values that it runs with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, SPARK_MASTER, STREAM
from clickstream.contract.run.layout import Layout
from clickstream.errors import BrokerUnavailable
from clickstream.pipeline.broker_access import running_broker
from clickstream.report.commands import from_here
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import GROUPS, SECRETS, Settings, values_of

FLAGS: Mapping[str, str] = {"--rate": "MSGS_PER_SEC", "--master": "SPARK_MASTER_URL"}
"""The flags that parts are started with, and the setting that each overrides."""

_CONNECTION = {
    *("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "KAFKA_SECURITY_PROTOCOL"),
    *("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SSL_CA_LOCATION"),
}
_CLUSTER = {"SPARK_WORKERS", "SPARK_WORKER_CORES", "SPARK_WORKER_MEMORY"}


def _groups(*names: str) -> set[str]:
    return {str(info.alias) for name in names for info in GROUPS[name].model_fields.values()}


_USED: Mapping[str, set[str]] = {
    PRODUCER: _groups("definition", "generator")
    | _CONNECTION
    | {"KAFKA_PARTITIONS", "MSG_ACKS", "MSG_COMPRESSION", "MSG_DELIVERY_TIMEOUT"}
    | {"OUTPUT_PATH", "RUN_ID"},  # the ledger of what it sent is beside the output
    STREAM: _groups("definition", "stream", "windows", "sink")
    | _CONNECTION
    | _CLUSTER
    | {"OUTPUT_PATH", "CHECKPOINT_PATH", "RUN_ID", "JAVA_HOME"},
    EMBEDDED_KAFKA: {"EMBEDDED_KAFKA_MEMORY", "JAVA_HOME"},
    SPARK_MASTER: {"SPARK_MASTER_PORT", "SPARK_MASTER_WEBUI_PORT", "JAVA_HOME", *_CLUSTER},
}


def used_by(part: str) -> set[str]:
    """The settings that a part uses; a worker of a cluster uses the master's. No secrets."""
    return _USED.get(part, set()) - SECRETS


def values_for(part: str, settings: Settings, flags: Mapping[str, str]) -> dict[str, str]:
    """The values that a part started now would run with; the flags of its command win.

    A broker of the kit is named by its address. If it does not run, it is not among the values.
    """
    values = values_of(with_flags(settings, flags))
    names = used_by(part)
    if not settings.broker.bootstrap_servers:
        try:
            values["KAFKA_BOOTSTRAP_SERVERS"] = running_broker(settings).bootstrap_servers
        except BrokerUnavailable:
            names.discard("KAFKA_BOOTSTRAP_SERVERS")
    return {name: value for name, value in values.items() if name in names}


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


def with_flags(settings: Settings, flags: Mapping[str, str]) -> Settings:
    """The settings of a part that is started with these flags, which win."""
    generator, stream = settings.generator, settings.stream
    if "--rate" in flags:
        generator = generator.model_copy(update={"rate_per_s": float(flags["--rate"])})
    if "--master" in flags:
        stream = stream.model_copy(update={"master_url": flags["--master"]})
    return replace(settings, generator=generator, stream=stream)
