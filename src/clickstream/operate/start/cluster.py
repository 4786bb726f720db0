"""The Spark cluster of a pipeline in the background: none, or a standalone one that the job then runs on."""

from typing import Literal, get_args

from clickstream.contract.part_names import CLUSTER, SPARK_MASTER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.contract.stages import timed
from clickstream.errors import RunInProgress, UsageError
from clickstream.operate.parts.names import ALL, Parts, running
from clickstream.operate.start.attempt import StartAttempt
from clickstream.runtime.java.jars import SPARK_KAFKA
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import SparkCluster
from clickstream.runtime.spark_cluster.web_page import web_page
from clickstream.settings import Settings
from clickstream.stream.session.launching import spark_home

SparkPlace = Literal["local", "standalone"]
"""Where the job of a pipeline runs: where SPARK_MASTER_URL says, or on a cluster that `up` starts."""

_DEFAULT_MASTER = "local[*]"


def wanted_place(given: str | None, settings: Settings, parts: Parts = ALL) -> SparkPlace:
    """The place that is asked for, by flag or by naming the cluster; by default a cluster that runs here.

    Raises:
        UsageError: there is no such place, SPARK_MASTER_URL names another one, or these parts need none.
    """
    named = settings.stream.master_url
    names_cluster = parts != ALL and CLUSTER in parts
    if given not in (None, *get_args(SparkPlace)):
        raise UsageError(f"--spark {given} is not a place for the job.", next_step="Use local or standalone.")
    if given == "standalone" and not parts & {CLUSTER, STREAM}:
        raise UsageError(
            "--spark standalone is for the job, which is not among the named parts.",
            next_step="Leave it out, or name stream or cluster.",
        )
    if given == "local" and names_cluster:
        raise UsageError(
            "--spark local starts no cluster, but cluster is among the named parts.",
            next_step="Leave one of them out.",
        )
    if given == "standalone" or names_cluster:
        if named != _DEFAULT_MASTER:
            raise UsageError(
                "--spark standalone starts a cluster for the job, but SPARK_MASTER_URL="
                f"{named} names another.",
                next_step="Leave one of them out.",
            )
        return "standalone"
    # Also one that died: the job is started again as it was started.
    has_cluster = StartedProcess.load(SPARK_MASTER, settings.paths.state) is not None
    return "standalone" if given is None and named == _DEFAULT_MASTER and has_cluster else "local"


def ensured_cluster(attempt: StartAttempt, place: SparkPlace) -> list[RunningPart]:
    """Master and workers, started where they do not run; none for a job that runs in one JVM."""
    if place == "local":
        return []
    runtime = attempt.settings.runtime
    java = attempt.jvm_parts(SPARK_KAFKA).java
    cluster = SparkCluster(
        runtime, java=java, spark_home=spark_home(), state=attempt.state, clock=attempt.clock
    )
    what = "start the Spark master and its workers"
    with timed(attempt.on_stage, attempt.clock, what) as reached:
        master, *workers = cluster.ensure()
        reached(f"the Spark master answers at {master.address}, with its workers: {len(workers)},")
    attempt.undo.callback(cluster.stop)
    for each in (master, *workers):
        if cluster.is_new(each):
            attempt.recorded(each)
    offer = f"{runtime.spark_worker_memory}, cores: {runtime.spark_worker_cores}"
    return [
        _part(master, master.address, f"workers: {len(workers)}, {web_page(master)}", cluster),
        *(_part(worker, f"→ {master.address}", f"alive, {offer}", cluster) for worker in workers),
    ]


def job_flags(cluster: list[RunningPart]) -> dict[str, str]:
    """The flags of a job that runs on this cluster."""
    return {"--master": cluster[0].address} if cluster else {}


def _part(process: StartedProcess, address: str, answered: str, cluster: SparkCluster) -> RunningPart:
    return RunningPart(process.name, address, process.pid, process.log, answered, cluster.is_new(process))


def refuse_job_elsewhere(settings: Settings, place: SparkPlace) -> None:
    """Return only if no job runs, or the one that runs is where it would be started now.

    Raises:
        RunInProgress: it runs elsewhere.
    """
    job = running(STREAM, settings)
    if job is not None and ("--master" in job.command) != (place == "standalone"):
        raise RunInProgress(
            f"The job runs already (pid {job.pid}), but not at the place that you asked for ({place}).",
            next_step="End it with `clickstream down`, which keeps the data, and start again.",
        )
