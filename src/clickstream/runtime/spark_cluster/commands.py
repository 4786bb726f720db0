"""The command lines and environment of a standalone master and its workers."""

from pathlib import Path

from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.machine.ports import LOOPBACK
from clickstream.settings import JAVA_LOCALE, java_environment

_DAEMON_MEMORY = "256m"
_JVM = (
    *JAVA_LOCALE,
    f"-Xmx{_DAEMON_MEMORY}",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    # If a port is in use, Spark takes the next one; the recorded address of the master would be wrong.
    "-Dspark.port.maxRetries=0",
    # The web pages show and change nothing; jobs come in by the master's own port, with its secret.
    "-Dspark.ui.killEnabled=false",
    "-Dspark.master.rest.enabled=false",
)


def master_command(
    java: JavaHome, spark_home: Path, properties: Path, port: int, webui_port: int
) -> list[str]:
    """A master on loopback; `properties` is a file with the secret that its workers and jobs must know."""
    return [
        *_java(java, spark_home, "org.apache.spark.deploy.master.Master"),
        *("--host", LOOPBACK, "--port", str(port), "--webui-port", str(webui_port)),
        *("--properties-file", str(properties)),
    ]


def worker_command(
    java: JavaHome, spark_home: Path, properties: Path, *, master: str, cores: int, memory: str, folder: Path
) -> list[str]:
    """A worker of `master` (spark://host:port) on loopback, whose executors run in `folder`."""
    return [
        *_java(java, spark_home, "org.apache.spark.deploy.worker.Worker"),
        *("--host", LOOPBACK, "--port", "0", "--webui-port", "0"),
        *("--cores", str(cores), "--memory", memory, "--work-dir", str(folder)),
        *("--properties-file", str(properties), master),
    ]


def cluster_environment(java: JavaHome, spark_home: Path, scratch: Path) -> dict[str, str]:
    """The environment of a JVM, with what Spark's launcher script would set."""
    return {
        **java_environment(java.path),
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_LOCAL_DIRS": str(scratch),
        "SPARK_SCALA_VERSION": _scala_version(spark_home),
    }


def _java(java: JavaHome, spark_home: Path, main_class: str) -> list[str]:
    # No shell script in between: the pid that is written down must be the JVM's.
    return [str(java.executable), *_JVM, "-cp", str(spark_home / "jars" / "*"), main_class]


def _scala_version(spark_home: Path) -> str:
    """As 2.13; a worker asks for it when it makes the command line of an executor."""
    jars = sorted((spark_home / "jars").glob("spark-core_*.jar"))
    return jars[0].name.removeprefix("spark-core_").partition("-")[0] if jars else ""
