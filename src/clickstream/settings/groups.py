"""The settings themselves, in small frozen groups, one per room; names, units, limits and defaults."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from clickstream.duration import Duration


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(str(value))


def _positive(value: Duration) -> Duration:
    if value.milliseconds <= 0:
        raise ValueError("must be longer than zero")
    return value


AnyDuration = Annotated[Duration, BeforeValidator(_duration)]
PositiveDuration = Annotated[Duration, BeforeValidator(lambda value: _positive(_duration(value)))]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65_535)]
TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,248}$")]


class SettingsGroup(BaseSettings):
    """Base of the groups: frozen, named by their environment names, described by their docstrings."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        extra="ignore",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
        validate_default=True,
        enable_decoding=False,
    )


class GeneratorSettings(SettingsGroup):
    """What the generator makes."""

    seed: int = Field(42, alias="SEED", ge=0, lt=2**64)
    """Chooses the whole stream: the same seed and start time give the same records everywhere."""
    start_time: str = Field("", alias="START_TIME")
    """Event time of the first event, ISO-8601 with offset; empty means now."""
    rate_per_s: float = Field(100.0, alias="MSGS_PER_SEC", gt=0, le=10_000_000, allow_inf_nan=False)
    """Events per second of event time; a live producer also sends at this rate."""
    late_rate: Rate = Field(0.02, alias="LATE_RATE")
    """Share of the events that happened earlier than they are sent, by up to LATE_SECONDS."""
    late_s: int = Field(300, alias="LATE_SECONDS", ge=1, le=86_400)
    """The most that a late event is late, in seconds; beyond WATERMARK_DELAY it misses its window."""
    malformed_rate: Rate = Field(0.005, alias="MALFORMED_RATE")
    """Share of the messages that are broken on purpose, in a mix of ways."""


class BrokerSettings(SettingsGroup):
    """Where the records go and how they are sent."""

    bootstrap_servers: str = Field("", alias="KAFKA_BOOTSTRAP_SERVERS")
    """Addresses of the broker, host:port with commas between; empty means the one that `up` started."""
    topic: TopicName = Field("events", alias="KAFKA_TOPIC")
    """The topic that is produced to and read from."""
    partitions: int = Field(3, alias="KAFKA_PARTITIONS", ge=1, le=1_000)
    """Partitions of the topic when it is created, and those that the generator spreads users over."""
    replication_factor: int = Field(1, alias="KAFKA_REPLICATION_FACTOR", ge=1, le=32_767)
    """Copies of each partition when the topic is created; one broker can keep one."""
    acks: Literal["0", "1", "all"] = Field("all", alias="MSG_ACKS")
    """Who must have a record before it counts as acknowledged; only `all` keeps every promise."""
    compression: Literal["none", "gzip", "lz4", "snappy", "zstd"] = Field("lz4", alias="MSG_COMPRESSION")
    """How record batches are compressed on the wire and in the log."""


class StreamSettings(SettingsGroup):
    """The Spark job."""

    app_name: str = Field("clickstream", alias="SPARK_APP_NAME", min_length=1)
    """The job's name in Spark's logs."""
    master_url: str = Field("local[*]", alias="SPARK_MASTER_URL", pattern=r"^local(\[(\*|[1-9]\d*)\])?$")
    """Where the job runs: `local[*]` takes all cores of this machine, `local[2]` two."""
    driver_memory: str = Field("1g", alias="SPARK_DRIVER_MEMORY", pattern=r"^[1-9]\d*[mg]$")
    """Largest heap of the job's JVM, such as `1g` or `1500m`."""
    shuffle_partitions: int = Field(2, alias="SPARK_SQL_SHUFFLE_PARTITIONS", ge=1, le=10_000)
    """Partitions of the aggregates' state; each costs time in every batch. Belongs to a checkpoint."""
    log_level: Literal["ERROR", "WARN", "INFO", "DEBUG"] = Field("WARN", alias="SPARK_LOG_LEVEL")
    """How much Spark itself writes to its log."""
    starting_offsets: Literal["earliest", "latest"] = Field("earliest", alias="KAFKA_STARTING_OFFSETS")
    """Where a run without checkpoint begins to read. Belongs to a checkpoint."""
    fail_on_data_loss: bool = Field(True, alias="FAIL_ON_DATA_LOSS")
    """End the job when records were deleted before it read them, rather than go on without them."""
    watermark_delay: AnyDuration = Field(
        Duration(30_000), alias="WATERMARK_DELAY", examples=["30 seconds", "5 minutes"]
    )
    """How far behind the newest event time the watermark stays. Belongs to a checkpoint."""
    page_window: PositiveDuration = Field(
        Duration(60_000), alias="PAGE_WINDOW", examples=["30 seconds", "1 minute"]
    )
    """Length of the tumbling windows of page_metrics. Belongs to a checkpoint."""
    geo_window: PositiveDuration = Field(
        Duration(60_000), alias="GEO_WINDOW", examples=["30 seconds", "5 minutes"]
    )
    """Length of the tumbling windows of geo_metrics. Belongs to a checkpoint."""
    session_gap: PositiveDuration = Field(
        Duration(60_000), alias="SESSION_WINDOW", examples=["1 minute", "30 minutes"]
    )
    """A user's session ends after this long without an event. Belongs to a checkpoint."""
    trigger_interval: AnyDuration = Field(
        Duration(5_000), alias="TRIGGER_INTERVAL", examples=["5 seconds", "1 minute"]
    )
    """How often a continuous job starts a micro-batch."""
    max_offsets_per_trigger: int = Field(200_000, alias="MAX_OFFSETS_PER_TRIGGER", ge=1)
    """Most records that one micro-batch of one query reads."""


class SinkSettings(SettingsGroup):
    """The landed files."""

    files_per_batch: int = Field(1, alias="OUTPUT_FILES_PER_BATCH", ge=1, le=1_000)
    """Most files per table, format and batch, before MAX_RECORDS_PER_FILE cuts them further."""
    max_records_per_file: int = Field(1_000_000, alias="MAX_RECORDS_PER_FILE", ge=1)
    """Most rows in one landed file."""


class PathSettings(SettingsGroup):
    """Where a run keeps things; relative paths begin at the folder that the command runs in."""

    output: Path = Field(Path("data/output"), alias="OUTPUT_PATH")
    """The landed tables."""
    checkpoint: Path = Field(Path("data/checkpoints"), alias="CHECKPOINT_PATH")
    """Spark's checkpoints; they belong to the output."""
    state: Path = Field(Path(".clickstream"), alias="STATE_PATH")
    """The embedded broker's data, logs, and what `up` started."""
    cache: Path | None = Field(None, alias="CACHE_PATH")
    """Downloaded jars, shared by all projects; by default the user's cache folder."""


class RuntimeSettings(SettingsGroup):
    """Java and the embedded broker."""

    java_home: Path | None = Field(None, alias="JAVA_HOME")
    """A Java 17 or 21; by default it is looked for on PATH and in the usual folders."""
    embedded_kafka_port: Port = Field(0, alias="EMBEDDED_KAFKA_PORT")
    """Port of the embedded broker on 127.0.0.1; 0 means a free one."""
    embedded_kafka_memory: str = Field("384m", alias="EMBEDDED_KAFKA_MEMORY", pattern=r"^[1-9]\d*[mg]$")
    """Largest heap of the embedded broker's JVM."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups of one run; a room receives its own group, never the whole."""

    generator: GeneratorSettings
    broker: BrokerSettings
    stream: StreamSettings
    sink: SinkSettings
    paths: PathSettings
    runtime: RuntimeSettings


GROUPS: dict[str, type[SettingsGroup]] = {
    "generator": GeneratorSettings,
    "broker": BrokerSettings,
    "stream": StreamSettings,
    "sink": SinkSettings,
    "paths": PathSettings,
    "runtime": RuntimeSettings,
}
"""The groups in street order, by their name in `Settings`."""
