"""The settings of Java, brokers and cluster."""

from pathlib import Path

from pydantic import Field

from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.kinds.quantities import JvmMemory, Port


class RuntimeSettings(SettingsGroup):
    """Java, the brokers and the Spark cluster that `up` starts."""

    java_home: Path | None = Field(None, alias="JAVA_HOME")
    """Folder of a Java 17 or 21; by default found on PATH or in the usual folders."""
    embedded_kafka_port: Port = Field(9092, alias="EMBEDDED_KAFKA_PORT")
    """Port of the embedded broker on 127.0.0.1; 0 means a free port. Unset: 9092, or a free port if 9092
    is in use, which this folder keeps."""
    embedded_kafka_memory: JvmMemory = Field("384m", alias="EMBEDDED_KAFKA_MEMORY")
    """Maximum heap of the embedded broker's JVM."""
    redpanda_port: Port = Field(9092, alias="REDPANDA_PORT")
    """Port of Redpanda on 127.0.0.1; same rules as EMBEDDED_KAFKA_PORT."""
    spark_master_port: Port = Field(0, alias="SPARK_MASTER_PORT")
    """Port of the standalone cluster's master on 127.0.0.1; 0 means a free port."""
    spark_master_webui_port: Port = Field(0, alias="SPARK_MASTER_WEBUI_PORT")
    """Port of the master's web page on 127.0.0.1; 0 means a free port."""
    spark_workers: int = Field(1, alias="SPARK_WORKERS", ge=1, le=16)
    """Number of workers of the standalone cluster, or of executors on Kubernetes and YARN."""
    spark_worker_cores: int = Field(2, alias="SPARK_WORKER_CORES", ge=1, le=256)
    """Cores of each worker or executor."""
    spark_worker_memory: JvmMemory = Field("1g", alias="SPARK_WORKER_MEMORY")
    """Memory of each worker, and the heap of its executor; at least 450m."""

    def given_port(self, field: str) -> int | None:
        """The port from flag, environment or `.env`; None if the default applies."""
        port: int = getattr(self, field)
        return port if field in self.model_fields_set else None
