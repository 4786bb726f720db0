"""The settings of the Spark job and of the files that it lands."""

import re
import shlex
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from clickstream.duration import Duration
from clickstream.settings.kinds.addresses import host_alone
from clickstream.settings.kinds.group import SettingsGroup, refused
from clickstream.settings.kinds.quantities import AnyDuration, JvmMemory
from clickstream.settings.paths import LocalPath

_MASTER = r"^(local(\[(\*|[1-9]\d*)\])?|spark://[^\s/,:]+:\d+(,[^\s/,:]+:\d+)*|k8s://\S+|yarn)$"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"


def _java_takes(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise refused("options with all quotes closed") from error
    if any(word.startswith(("-Xmx", "-XX:MaxHeapSize")) for word in words):
        raise refused("options without a heap size; set SPARK_DRIVER_MEMORY instead")
    if not all(word.startswith("-") for word in words):
        raise refused("options of Java that begin with a dash, such as '-Xlog:gc -Djavax.net.debug=ssl'")
    return value


def _names_of_variables(value: str) -> str:
    if value and not re.fullmatch(rf"{_VARIABLE}(,{_VARIABLE})*", value):
        raise refused("names of variables separated by commas, such as AWS_PROFILE,AWS_REGION")
    return value


JavaOptions = Annotated[str, AfterValidator(_java_takes)]
VariableNames = Annotated[str, AfterValidator(_names_of_variables)]


class StreamSettings(SettingsGroup):
    """The Spark job."""

    app_name: str = Field("clickstream", alias="SPARK_APP_NAME", min_length=1)
    """Name of the job in Spark's logs."""
    master_url: str = Field(
        "local[*]",
        alias="SPARK_MASTER_URL",
        pattern=_MASTER,
        examples=["local[*]", "spark://host:7077", "k8s://https://host:6443", "yarn"],
    )
    """Where the job runs: `local[*]` uses all cores of this machine, `local[2]` two, a URL a cluster."""
    driver_host: Annotated[str, BeforeValidator(host_alone)] = Field("", alias="SPARK_DRIVER_HOST")
    """Address where a cluster's executors reach the job; by default loopback, or the one that Spark finds."""
    shared_storage: bool = Field(False, alias="SHARED_STORAGE")
    """Confirm that driver and executors have OUTPUT_PATH and CHECKPOINT_PATH mounted at the same path."""
    properties_file: LocalPath | None = Field(None, alias="SPARK_PROPERTIES_FILE")
    """File of additional Spark properties, as in spark-defaults.conf; the kit's properties override it."""
    driver_memory: JvmMemory = Field("1g", alias="SPARK_DRIVER_MEMORY")
    """Maximum heap of the job's JVM, such as `1g` or `1500m`."""
    driver_java_options: JavaOptions = Field("", alias="SPARK_DRIVER_JAVA_OPTIONS")
    """Additional options of the job's JVM, as on a command line."""
    driver_environment: VariableNames = Field("", alias="SPARK_DRIVER_ENVIRONMENT")
    """Names of additional environment variables for the job's JVM, separated by commas."""
    shuffle_partitions: int = Field(2, alias="SPARK_SQL_SHUFFLE_PARTITIONS", ge=1, le=10_000)
    """Partitions of the aggregates' state; each costs time in every batch. Belongs to a checkpoint."""
    log_level: Literal["ERROR", "WARN", "INFO", "DEBUG"] = Field("WARN", alias="SPARK_LOG_LEVEL")
    """Log level of Spark."""
    starting_offsets: Literal["earliest", "latest"] = Field("earliest", alias="KAFKA_STARTING_OFFSETS")
    """Where a run without checkpoint starts to read. Belongs to a checkpoint."""
    fail_on_data_loss: bool = Field(True, alias="FAIL_ON_DATA_LOSS")
    """Stop the job if records were deleted before it read them; otherwise it continues without them."""
    watermark_delay: AnyDuration = Field(
        Duration(30_000), alias="WATERMARK_DELAY", examples=["30 seconds", "5 minutes"]
    )
    """How far behind the newest event time the watermark stays. Belongs to a checkpoint."""
    trigger_interval: AnyDuration = Field(
        Duration(5_000), alias="TRIGGER_INTERVAL", examples=["5 seconds", "1 minute"]
    )
    """How often a continuous job starts a micro-batch."""
    max_offsets_per_trigger: int = Field(200_000, alias="MAX_OFFSETS_PER_TRIGGER", ge=1)
    """Maximum number of records in a micro-batch of a query."""
    min_partitions: int = Field(0, alias="KAFKA_MIN_PARTITIONS", ge=0, le=10_000)
    """Minimum number of tasks that read a micro-batch; 0 means one for each partition of the topic."""
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
        """The names in SPARK_DRIVER_ENVIRONMENT."""
        return tuple(self.driver_environment.split(",")) if self.driver_environment else ()


class SinkSettings(SettingsGroup):
    """The landed files."""

    files_per_batch: int = Field(1, alias="OUTPUT_FILES_PER_BATCH", ge=1, le=1_000)
    """Maximum files per table, format and batch; MAX_RECORDS_PER_FILE and dates can add more."""
    max_records_per_file: int = Field(1_000_000, alias="MAX_RECORDS_PER_FILE", ge=1)
    """Maximum number of rows in a landed file."""
    partition_by_date: bool = Field(False, alias="PARTITION_BY_DATE")
    """Write files to folders by UTC date of event_ts, window_start, session_start or kafka_timestamp."""
    csv_compression: Literal["none", "gzip"] = Field("none", alias="CSV_COMPRESSION")
    """Compression of CSV files; Parquet files are always compressed."""
