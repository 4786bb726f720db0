"""The Spark configuration of the job: what is settled, what the settings say, and what a cluster needs."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clickstream.settings import CLUSTER_NAMES, JAVA_LOCALE, StreamSettings

_LOG4J = Path(__file__).with_name("log4j2.properties")

_SETTLED: Mapping[str, str] = {
    "spark.ui.showConsoleProgress": "false",
    # Spark's own list, and what Kafka calls a login: such options are asterisks in plans, logs and pages.
    "spark.redaction.regex": "(?i)secret|password|passphrase|token|access[.]?key|jaas",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Event times before 1582 and before 1900 are written as they are; the other modes raise or shift them.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    # Of a name given twice the last value counts: the decoding rule, not Spark's default, which is an error.
    "spark.sql.variant.allowDuplicateKeys": "true",
    # Standard base64 (RFC 4648), not split into lines.
    "spark.sql.chunkBase64String.enabled": "false",
    # Each query in its own pool: else the one with the fewest tasks, `events`, waits for the others
    # and then works through its batches alone, on one core.
    "spark.scheduler.mode": "FAIR",
    # Two attempts of a task side by side would commit side by side.
    "spark.speculation": "false",
    # Adaptive execution never applies to these plans, but looks at each of them.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    # Otherwise PySpark tells the JVM before each of its functions from which line it is called, and the plan
    # of a story takes twice as long. An error names the table and its half without it.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    # The branches of the aggregates share an exchange only if each reads all of it (stream/aggregates.py).
    "spark.sql.optimizer.expression.nestedPruning.enabled": "false",
    "spark.sql.optimizer.nestedSchemaPruning.enabled": "false",
    # Rows go to the folder of their reason or date without being sorted by it first.
    "spark.sql.optimizer.plannedWrite.enabled": "false",
    "spark.sql.maxConcurrentOutputFileWriters": "64",
    # Two queries and their writes compile some 60 classes, and the aggregates another in each batch, with the
    # watermark in its text. What falls out of the cache is compiled again; with its texts, 1,000 take 100 MB.
    "spark.sql.codegen.cache.maxEntries": "200",
    "spark.sql.streaming.numRecentProgressUpdates": "2",
    # What Spark keeps of executions that have ended, for its pages: a thousand plans with their metrics and
    # texts take 100 MB of the heap.
    "spark.sql.ui.retainedExecutions": "20",
    "spark.ui.retainedJobs": "50",
    "spark.ui.retainedStages": "50",
    "spark.ui.retainedTasks": "500",
    "spark.sql.streaming.ui.retainedProgressUpdates": "20",
    # The default manager starts a `readlink` process for every file that it looks at, some forty a batch;
    # a rename on a local disk is just as atomic through this one.
    "spark.sql.streaming.checkpointFileManagerClass": (
        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
    ),
    # Without the checksum files that Hadoop otherwise writes beside every local file: a kill between the
    # rename of a state file and that of its checksum leaves a pair that Spark refuses to read.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    # A landed file is named by its record; a marker beside it would only be one file more to remove.
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}

# On two cores a run of a minute ends before the optimising compiler has paid for itself.
_SHORT_RUN_FLAGS = ("-XX:TieredStopAtLevel=1",)
# Of the job and of its executors: a deeply nested message takes more than the default stack.
_STACK = "-Xss4m"
_SERIAL = "-XX:+UseSerialGC"
# The serial collector fills the heap up to its maximum before it collects old objects: with these, the heap
# stays near what lives in it, a seventh of the default maximum in a small run.
_SMALL_HEAP = ("-Xms64m", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40")


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """What the job asks of a cluster.

    Args:
        executor_memory: heap of an executor, such as `1g`.
        executor_cores: cores of an executor where the cluster does not say; see `executors`.
        executors: how many, where they are asked for one by one: on Kubernetes and YARN.
        on_this_machine: its workers run on this machine, and loopback reaches them.
    """

    executor_memory: str
    executor_cores: int
    executors: int
    on_this_machine: bool


def spark_conf(
    settings: StreamSettings,
    *,
    jars: Sequence[Path],
    scratch: Path,
    ui_port: int | None,
    short_run: bool,
    cluster: ClusterAccess | None,
) -> dict[str, str]:
    """All properties of the job's session; `cluster` is None where driver and executor are one JVM."""
    flags = [
        *JAVA_LOCALE,
        _SERIAL,
        *_SMALL_HEAP,
        _STACK,
        *(_SHORT_RUN_FLAGS if short_run else ()),
        f"-Dlog4j2.configurationFile={_LOG4J.as_uri()}",
        _word(f"-Djava.io.tmpdir={scratch}"),
    ]
    own = {
        "spark.app.name": settings.app_name,
        "spark.master": settings.master_url,
        # Not in the log's configuration: Spark treats PySpark as a shell and keeps its level at WARN.
        "spark.log.level": settings.log_level,
        "spark.driver.memory": settings.driver_memory,
        "spark.driver.extraJavaOptions": " ".join([*flags, settings.driver_java_options]).rstrip(),
        "spark.driver.extraClassPath": os.pathsep.join(str(jar) for jar in jars),
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        "spark.sql.artifact.root.dir": str(scratch / "artifacts"),
        "spark.ui.enabled": str(ui_port is not None).lower(),
        "spark.ui.port": str(ui_port or 0),
    }
    place = _in_one_jvm() if cluster is None else _on_a_cluster(settings, cluster, jars, flags)
    return {**_SETTLED, **own, **_address(settings, cluster), **place}


def environment_names(settings: StreamSettings) -> frozenset[str]:
    """The variables of the shell that the job's JVM gets besides those of every JVM."""
    of_the_cluster = (
        names for begin, names in CLUSTER_NAMES.items() if settings.master_url.startswith(begin)
    )
    return frozenset(settings.driver_environment_names).union(*of_the_cluster)


def _word(option: str) -> str:
    """One option of Java in a text that Spark takes apart at blanks; it reads quotes and backslashes."""
    escaped = option.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"""[\s"'\\]""", option) else option


def _address(settings: StreamSettings, cluster: ClusterAccess | None) -> dict[str, str]:
    if settings.driver_host and cluster is not None:
        return {"spark.driver.host": settings.driver_host}
    if cluster is None or cluster.on_this_machine:
        return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return {}


def _in_one_jvm() -> dict[str, str]:
    # A task that commits into the batch's folder itself dies only with the driver, which spares a move.
    return {"spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2"}


def _on_a_cluster(
    settings: StreamSettings, cluster: ClusterAccess, jars: Sequence[Path], flags: Sequence[str]
) -> dict[str, str]:
    # Log and scratch of the job are places of this machine.
    executor_flags = flags if cluster.on_this_machine else [*JAVA_LOCALE, _STACK]
    properties = {
        # An executor may die while it commits. By this version a task's files move as one folder, and the
        # driver puts those of all tasks into the batch's folder: no part of a lost try is ever there.
        "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1",
        # The driver hands the connector's jars to every executor.
        "spark.jars": ",".join(jar.as_uri() for jar in jars),
        "spark.executor.memory": cluster.executor_memory,
        "spark.executor.extraJavaOptions": " ".join(executor_flags),
    }
    if cluster.on_this_machine:
        # Who is not there on loopback is gone: what it had is computed again, without much asking.
        properties["spark.shuffle.io.retryWait"] = "1s"
    if not settings.master_url.startswith("spark://"):
        # A standalone worker gives all its cores to the executor on it.
        properties |= {
            "spark.executor.instances": str(cluster.executors),
            "spark.executor.cores": str(cluster.executor_cores),
        }
    return properties
