"""The settings of the Spark job and of the files that it lands."""

import re
import shlex
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from clickstream.duration import Duration
from clickstream.settings.addresses import host_alone
from clickstream.settings.kinds import SettingsGroup, refused
from clickstream.settings.paths import LocalPath
from clickstream.settings.quantities import AnyDuration, JvmMemory

_MASTER = r"^(local(\[(\*|[1-9]\d*)\])?|spark://[^\s/,:]+:\d+(,[^\s/,:]+:\d+)*|k8s://\S+|yarn)$"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"


def _java_takes(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise refused("options with every quote closed") from error
    if any(word.startswith(("-Xmx", "-XX:MaxHeapSize")) for word in words):
        raise refused("options without a heap size, which SPARK_DRIVER_MEMORY sets")
    if not all(word.startswith("-") for word in words):
        raise refused("options of Java, each with its dash, such as '-Xlog:gc -Djavax.net.debug=ssl'")
    return value


def _names_of_variables(value: str) -> str:
    if value and not re.fullmatch(rf"{_VARIABLE}(,{_VARIABLE})*", value):
        raise refused("names of variables with commas between, such as AWS_PROFILE,AWS_REGION")
    return value


JavaOptions = Annotated[str, AfterValidator(_java_takes)]
VariableNames = Annotated[str, AfterValidator(_names_of_variables)]


class StreamSettings(SettingsGroup):
    """The Spark job."""

    app_name: str = Field("clickstream", alias="SPARK_APP_NAME", min_length=1)
    """The job's name in Spark's logs."""
    master_url: str = Field(
        "local[*]",
        alias="SPARK_MASTER_URL",
        pattern=_MASTER,
        examples=["local[*]", "spark://host:7077", "k8s://https://host:6443", "yarn"],
    )
    """Where the job runs: `local[*]` takes all cores of this machine, `local[2]` two; a URL, a cluster."""
    driver_host: Annotated[str, BeforeValidator(host_alone)] = Field("", alias="SPARK_DRIVER_HOST")
    """Address at which a cluster's executors reach the job; by default loopback, or what Spark finds."""
    shared_storage: bool = Field(False, alias="SHARED_STORAGE")
    """Says that driver and executors find OUTPUT_PATH and CHECKPOINT_PATH mounted at the same place."""
    properties_file: LocalPath | None = Field(None, alias="SPARK_PROPERTIES_FILE")
    """Further Spark properties, as in spark-defaults.conf; the kit's own win."""
    driver_memory: JvmMemory = Field("1g", alias="SPARK_DRIVER_MEMORY")
    """Largest heap of the job's JVM, such as `1g` or `1500m`."""
    driver_java_options: JavaOptions = Field("", alias="SPARK_DRIVER_JAVA_OPTIONS")
    """Further options of the job's JVM, as on a command line."""
    driver_environment: VariableNames = Field("", alias="SPARK_DRIVER_ENVIRONMENT")
    """Names of further variables of the shell that the job's JVM gets, with commas between."""
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
    trigger_interval: AnyDuration = Field(
        Duration(5_000), alias="TRIGGER_INTERVAL", examples=["5 seconds", "1 minute"]
    )
    """How often a continuous job starts a micro-batch."""
    max_offsets_per_trigger: int = Field(200_000, alias="MAX_OFFSETS_PER_TRIGGER", ge=1)
    """Most records that one micro-batch of one query reads."""
    min_partitions: int = Field(0, alias="KAFKA_MIN_PARTITIONS", ge=0, le=10_000)
    """Fewest tasks that read a micro-batch; 0 means one for each partition of the topic."""
    future_tolerance: AnyDuration = Field(
        Duration(0), alias="FUTURE_TOLERANCE", examples=["0 seconds", "10 minutes"]
    )
    """Reject events further ahead of their Kafka timestamp; 0 rejects none. Belongs to a checkpoint."""

    @field_validator("master_url")
    @classmethod
    def _ports_exist(cls, value: str) -> str:
        ports = re.findall(r":(\d+)(?=,|$)", value) if value.startswith("spark://") else []
        if not all(1 <= int(port) <= 65_535 for port in ports):
            raise refused(why="a port is a number from 1 to 65535")
        return value

    @property
    def driver_environment_names(self) -> tuple[str, ...]:
        """SPARK_DRIVER_ENVIRONMENT, taken apart."""
        return tuple(self.driver_environment.split(",")) if self.driver_environment else ()


class SinkSettings(SettingsGroup):
    """The landed files."""

    files_per_batch: int = Field(1, alias="OUTPUT_FILES_PER_BATCH", ge=1, le=1_000)
    """Most files per table, format and batch, before MAX_RECORDS_PER_FILE and dates cut them further."""
    max_records_per_file: int = Field(1_000_000, alias="MAX_RECORDS_PER_FILE", ge=1)
    """Most rows in one landed file."""
    partition_by_date: bool = Field(False, alias="PARTITION_BY_DATE")
    """Put files into folders by UTC date: of event_ts, window_start, session_start or kafka_timestamp."""
    csv_compression: Literal["none", "gzip"] = Field("none", alias="CSV_COMPRESSION")
    """How CSV files are compressed; Parquet files always are."""
