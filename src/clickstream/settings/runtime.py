"""The settings of what must be running."""

from pathlib import Path

from pydantic import Field

from clickstream.settings.kinds import SettingsGroup
from clickstream.settings.quantities import JvmMemory, Port


class RuntimeSettings(SettingsGroup):
    """Java, the brokers and the Spark cluster that `up` starts."""

    java_home: Path | None = Field(None, alias="JAVA_HOME")
    """A Java 17 or 21; by default it is looked for on PATH and in the usual folders."""
    embedded_kafka_port: Port = Field(9092, alias="EMBEDDED_KAFKA_PORT")
    """Port of the embedded broker on 127.0.0.1; 0 means a free one. Unset: 9092 or, if it is taken, a free
    port that is kept for this folder."""
    embedded_kafka_memory: JvmMemory = Field("384m", alias="EMBEDDED_KAFKA_MEMORY")
    """Largest heap of the embedded broker's JVM."""
    redpanda_port: Port = Field(9092, alias="REDPANDA_PORT")
    """Port of Redpanda on 127.0.0.1; 0 and unset as for EMBEDDED_KAFKA_PORT."""
    spark_master_port: Port = Field(0, alias="SPARK_MASTER_PORT")
    """Port of the standalone cluster's master on 127.0.0.1; 0 means a free one."""
    spark_master_webui_port: Port = Field(0, alias="SPARK_MASTER_WEBUI_PORT")
    """Port of that master's web page on 127.0.0.1, which leads to the workers'; 0 means a free one."""
    spark_workers: int = Field(1, alias="SPARK_WORKERS", ge=1, le=16)
    """Workers of the standalone cluster; executors on Kubernetes and YARN."""
    spark_worker_cores: int = Field(2, alias="SPARK_WORKER_CORES", ge=1, le=256)
    """Cores that each worker offers, or each such executor takes."""
    spark_worker_memory: JvmMemory = Field("1g", alias="SPARK_WORKER_MEMORY")
    """Memory that each worker offers, and the heap of the job's executor on it: 450m at least."""

    def given_port(self, field: str) -> int | None:
        """The port that was given, by flag, environment or `.env`; None if the default applies."""
        port: int = getattr(self, field)
        return port if field in self.model_fields_set else None
