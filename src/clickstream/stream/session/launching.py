"""How PySpark starts its JVM: the folder of the installed Spark, and what it reads from the environment."""

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from clickstream.errors import EnvironmentNotReady
from clickstream.settings import forget_other_sparks, java_environment

# Spark's launcher script starts a JVM that only writes the command line of the next one.
_LAUNCHER_OPTIONS = "-Dfile.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"


def spark_home() -> Path:
    """The folder that Spark knows as SPARK_HOME.

    Raises:
        EnvironmentNotReady: PySpark is not installed beside the kit.
    """
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise EnvironmentNotReady(
            "PySpark is not installed in the Python that runs the kit.",
            next_step="Install the kit with its dependencies: `./scripts/prepare`.",
        )
    return Path(found.origin).parent


@contextmanager
def environment_of_launch(
    java_home: Path,
    spark_home: Path,
    *,
    on_loopback: bool = True,
    properties: Path | None = None,
    names: Iterable[str] = (),
) -> Iterator[None]:
    """Let our environment be the JVM's for the block, because PySpark passes all of it on, and put it back.

    What is meant for another Spark is not put back.

    Args:
        java_home: the home of the Java to start.
        spark_home: the folder of the installed PySpark.
        on_loopback: let Spark listen only on loopback; otherwise it finds an address of this machine.
        properties: a file of Spark properties; it may hold secrets, which a command line must not.
        names: additional variables for the JVM.
    """
    forget_other_sparks()
    wanted = java_environment(java_home, names=names) | {
        "SPARK_HOME": str(spark_home),
        "SPARK_LAUNCHER_OPTS": _LAUNCHER_OPTIONS,
    }
    if on_loopback:
        wanted["SPARK_LOCAL_IP"] = "127.0.0.1"
    if properties is not None:
        wanted["PYSPARK_SUBMIT_ARGS"] = f"--properties-file {shlex.quote(str(properties))} pyspark-shell"
    environment = os.environ  # noqa: TID251 - set for PySpark and put back, never read for a setting
    before = dict(environment)
    try:
        _make_it(environment, wanted)
        yield
    finally:
        _make_it(environment, before)


def _make_it(environment: "os._Environ[str]", wanted: Mapping[str, str]) -> None:
    """Change only what differs: another thread may be starting a process."""
    for name in environment.keys() - wanted.keys():
        del environment[name]
    for name, value in wanted.items():
        if environment.get(name) != value:
            environment[name] = value
