"""The Spark session: loopback only, UTC, quiet, on the Java and the connector jars that we are given."""

import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pyspark
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from clickstream.errors import PartDidNotStart
from clickstream.settings import StreamSettings

Session = SparkSession
"""A session, for rooms that pass it on and know nothing of Spark."""

_LOG4J = Path(__file__).with_name("log4j2.properties")
_JVM_END_DEADLINE_S = 20.0

_SETTLED: Mapping[str, str] = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Event times before 1582 and before 1900 are written as they are; the other modes raise or shift them.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    # Of a name given twice the last value counts: the decoding rule, not Spark's default, which is an error.
    "spark.sql.variant.allowDuplicateKeys": "true",
    # base64 as everybody reads it (RFC 4648), not cut into mail lines.
    "spark.sql.chunkBase64String.enabled": "false",
    # Each query in a pool of its own: else the one with the fewest tasks, events_raw, waits for the others
    # and then works through its batches alone, on one core.
    "spark.scheduler.mode": "FAIR",
    # Adaptive execution never applies to these plans, but looks at each of them.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    # A union of files keeps a partition for each: CSV file k is made of Parquet file k alone.
    "spark.sql.unionOutputPartitioning": "false",
    # Four queries and their writes compile some 110 classes; the default of 100 would compile some for ever.
    "spark.sql.codegen.cache.maxEntries": "1000",
    "spark.sql.streaming.numRecentProgressUpdates": "2",
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
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
}

# Kept on this side: a JVM that was killed can no longer be asked.
_scratch_of: "WeakKeyDictionary[SparkSession, Path]" = WeakKeyDictionary()

# On two cores a run of a minute ends before the optimising compiler has paid for itself.
_SHORT_RUN_FLAGS = ("-XX:TieredStopAtLevel=1",)
_FLAGS = ("-XX:+UseSerialGC", "-Xss4m")


def open_session(
    settings: StreamSettings,
    *,
    java_home: Path,
    jars: Sequence[Path],
    log_file: Path | None = None,
    ui_port: int | None = None,
    short_run: bool = False,
) -> SparkSession:
    """Start the JVM and a session in it; one at a time per process.

    Ctrl-C does not reach the JVM, which ends when this process does; SIGINT stays with the caller's handler.

    Args:
        settings: the job's settings.
        java_home: the home of a Java that Spark runs on.
        jars: the Kafka connector's jars; they join the class path as they are, nothing is resolved.
        log_file: where Spark's log is appended; None means this process's stderr.
        ui_port: port of Spark's web pages on loopback; None means none.
        short_run: leave the optimising compiler out, which pays below about a minute.

    Raises:
        PartDidNotStart: the JVM or the session did not come up; with the end of the log.
    """
    scratch = Path(tempfile.mkdtemp(prefix="clickstream-spark-"))
    conf = _conf(settings, jars, scratch, ui_port, short_run=short_run)
    handler = signal.getsignal(signal.SIGINT)
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_py4js)
    log = log_file.open("ab") if log_file else None
    try:
        with _environment_of_launch(java_home):
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log} if log else {})  # type: ignore[no-untyped-call]
        session = SparkSession(SparkContext(conf=conf, gateway=gateway))
    except (PySparkException, OSError) as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise PartDidNotStart(
            f"The job's JVM did not start: {str(error).splitlines()[0]}.",
            next_step=f"See {log_file}." if log_file else "See the lines above.",
            details=_last_lines(log_file),
        ) from error
    finally:
        if log:
            log.close()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)  # PySpark's own would cancel the running batches
    _scratch_of[session] = scratch
    return session


def close_session(session: SparkSession) -> None:
    """Stop the session, end its JVM and remove its scratch folder; again does nothing."""
    context = session.sparkContext
    gateway: Any = context._gateway
    if gateway is None:
        return
    scratch = _scratch_of.pop(session, None)
    with suppress(Exception):  # a JVM that has died cannot stop its session, and need not
        session.stop()
    # PySpark keeps the gateway for the next session of the process; ours ends with its JVM.
    SparkContext._gateway = None
    SparkContext._jvm = None
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(_JVM_END_DEADLINE_S)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()
    # Last: it waits for the callbacks of open batches, which end only with their JVM.
    with suppress(Exception):
        gateway.shutdown()
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_not_py4js(record: logging.LogRecord) -> bool:
    """Keep py4j's tracebacks, some by the root logger, out of what people see: it raises them, too."""
    return "py4j" not in Path(record.pathname).parts


def _conf(
    settings: StreamSettings, jars: Sequence[Path], scratch: Path, ui_port: int | None, *, short_run: bool
) -> SparkConf:
    class_path = os.pathsep.join(str(jar) for jar in jars)
    flags = [
        *_FLAGS,
        *(_SHORT_RUN_FLAGS if short_run else ()),
        f"-Dlog4j2.configurationFile={_LOG4J.as_uri()}",
        f"-Djava.io.tmpdir={scratch}",
    ]
    own = {
        "spark.app.name": settings.app_name,
        "spark.master": settings.master_url,
        # Not by the log's configuration: Spark takes PySpark for a shell and holds it at WARN until told so.
        "spark.log.level": settings.log_level,
        "spark.driver.memory": settings.driver_memory,
        "spark.driver.extraJavaOptions": " ".join(flags),
        "spark.driver.extraClassPath": class_path,
        "spark.executor.extraClassPath": class_path,
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        "spark.sql.artifact.root.dir": str(scratch / "artifacts"),
        "spark.ui.enabled": str(ui_port is not None).lower(),
        "spark.ui.port": str(ui_port or 0),
    }
    return SparkConf(loadDefaults=False).setAll(list({**_SETTLED, **own}.items()))


@contextmanager
def _environment_of_launch(java_home: Path) -> Iterator[None]:
    """PySpark takes its Java and its own home from the environment alone, and hands all of it to the JVM.

    A SPARK_HOME or SPARK_CONF_DIR of another installation must not get in between.
    """
    wanted: dict[str, str | None] = {
        "JAVA_HOME": str(java_home),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": None,
        "PYSPARK_SUBMIT_ARGS": None,
        "PYSPARK_GATEWAY_PORT": None,
    }
    environment = os.environ  # noqa: TID251 - set for PySpark and put back, never read for a setting
    before = {name: environment.get(name) for name in wanted}
    try:
        _put(environment, wanted)
        yield
    finally:
        _put(environment, before)


def _put(environment: "os._Environ[str]", values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value


def _last_lines(log_file: Path | None, count: int = 15) -> tuple[str, ...]:
    if log_file is None or not log_file.exists():
        return ()
    return tuple(log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
