"""The Spark session: loopback only, UTC, quiet, on the Java and the connector jars that we are given."""

import logging
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from py4j.protocol import Py4JError, Py4JNetworkError  # type: ignore[import-untyped]
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from clickstream.contract.java_error import root_of
from clickstream.errors import PartDidNotStart
from clickstream.settings import StreamSettings
from clickstream.stream.session.launching import environment_of_launch, spark_home
from clickstream.stream.session.spark_conf import ClusterAccess, environment_names, spark_conf

Session = SparkSession
"""A session, for modules that pass it on and know nothing of Spark."""

_JVM_END_DEADLINE_S = 60.0

_STEPS = (
    (
        r"Could not reserve enough space|[Ii]nvalid maximum heap size|insufficient memory",
        "Set SPARK_DRIVER_MEMORY to what this machine has free, such as 1g.",
    ),
    (
        r"Unrecognized (?:VM )?option|Error opening zip file|agent library",
        "Correct or unset SPARK_DRIVER_JAVA_OPTIONS.",
    ),
)
"""What to do, by what a JVM says that does not come up."""

# Kept on this side: a JVM that was killed can no longer be asked.
_scratch_of: "WeakKeyDictionary[SparkSession, Path]" = WeakKeyDictionary()


def open_session(
    settings: StreamSettings,
    *,
    java_home: Path,
    jars: Sequence[Path],
    log_file: Path | None = None,
    ui_port: int | None = None,
    short_run: bool = False,
    cluster: ClusterAccess | None = None,
    properties: Sequence[Path] = (),
    temporary: Path | None = None,
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
        cluster: what to ask of a cluster; None where the master is `local`.
        properties: files of further properties, as in spark-defaults.conf; the later wins, ours win over all.
        temporary: where to make the scratch folder; None means the system's folder for such files.

    Raises:
        PartDidNotStart: the JVM or the session did not come up; with the end of the log.
    """
    # PySpark imports pandas where it is installed, and warns of its version; nothing here uses it.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    scratch = Path(tempfile.mkdtemp(prefix="clickstream-spark-", dir=temporary))
    on_loopback = cluster is None or cluster.on_this_machine
    conf = SparkConf(loadDefaults=False)
    ours = spark_conf(
        settings, jars=jars, scratch=scratch, ui_port=ui_port, short_run=short_run, cluster=cluster
    )
    conf.setAll(list(ours.items()))
    handler = signal.getsignal(signal.SIGINT)
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    # PySpark prints every error of a plan with its Java stack trace, and raises it too.
    logging.getLogger("DataFrameQueryContextLogger").setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_py4js)
    log = log_file.open("ab") if log_file else None
    gateway: Any = None
    try:
        further = _joined(properties, scratch)
        with environment_of_launch(
            java_home,
            spark_home(),
            on_loopback=on_loopback,
            properties=further,
            names=environment_names(settings),
        ):
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log} if log else {})  # type: ignore[no-untyped-call]
        session = SparkSession(SparkContext(conf=conf, gateway=gateway))
    except (PySparkException, Py4JError, OSError) as error:
        if gateway is not None:
            _end_jvm(gateway)
        shutil.rmtree(scratch, ignore_errors=True)
        raise PartDidNotStart(
            f"The job's JVM did not start: {_cause(error)}.",
            next_step=_next_step(_last_lines(log_file), log_file),
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
    with suppress(Exception):  # the first try may end at the dead JVM's socket, and PySpark keep its context
        context.stop()
    _end_jvm(gateway)
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def _end_jvm(gateway: Any) -> None:  # noqa: ANN401 - py4j has no types
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


def _is_not_py4js(record: logging.LogRecord) -> bool:
    """Keep py4j's tracebacks, some by the root logger, out of what people see: it raises them, too."""
    return "py4j" not in Path(record.pathname).parts


def _joined(properties: Sequence[Path], scratch: Path) -> Path | None:
    """The files of properties as one, which spark-submit takes; only its owner can read the folder."""
    if not properties:
        return None
    joined = scratch / "spark.properties"
    joined.write_text("\n".join(file.read_text(encoding="utf-8") for file in properties), encoding="utf-8")
    return joined


def _cause(error: Exception) -> str:
    """What happened, as the end of a sentence: Java's innermost cause, if the JVM gave one."""
    if isinstance(error, (Py4JNetworkError, ConnectionError)):
        return "it ended while it started"
    return root_of(error).rstrip(".")


def _next_step(lines: Sequence[str], log_file: Path | None) -> str:
    """What to do where the JVM did not come up, by what it has said."""
    said = "\n".join(lines)
    for pattern, step in _STEPS:
        if re.search(pattern, said):
            return step
    return f"See {log_file}." if log_file else "See the lines above."


def _last_lines(log_file: Path | None, count: int = 15) -> tuple[str, ...]:
    if log_file is None or not log_file.exists():
        return ()
    return tuple(log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
