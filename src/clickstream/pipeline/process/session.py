"""Starting the job's Spark session beside the caller's thread."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from clickstream.errors import writing
from clickstream.pipeline.broker_access import JvmParts
from clickstream.pipeline.start.spark_access import cluster_access, spark_properties
from clickstream.runtime.machine.temporary_folder import temporary_folder
from clickstream.runtime.processes.started import put_aside_when_long
from clickstream.settings import Settings
from clickstream.stream.session.session import Session, close_session, open_session


@contextmanager
def starting_spark(
    settings: Settings, spark: JvmParts, *, short_run: bool
) -> Iterator[Callable[[], Session]]:
    """Begin to start the session, yield what waits for it, and end it with the block.

    Beside the caller's thread: the job's terms are looked at, or a broker starts, in the meantime.
    """
    cluster = cluster_access(settings)
    properties = spark_properties(settings)
    log_file = settings.paths.state.absolute() / "logs" / "spark.log"
    step = "Make it writable, or set STATE_PATH to another folder."
    with writing(f"The folder {log_file.parent}", next_step=step):
        log_file.parent.mkdir(parents=True, exist_ok=True)
        put_aside_when_long(log_file)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="spark-start") as starter:
        starting = starter.submit(
            open_session,
            settings.stream,
            java_home=spark.java.path,
            jars=spark.jars,
            log_file=log_file,
            short_run=short_run,
            cluster=cluster,
            properties=properties,
            temporary=temporary_folder(settings.paths.state),
        )
        try:
            yield starting.result
        finally:
            if starting.exception() is None:
                close_session(starting.result())
