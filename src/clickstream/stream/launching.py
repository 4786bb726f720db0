"""What PySpark takes from the environment alone when it starts its JVM."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clickstream.settings import SECRETS
from clickstream.stream.installation import spark_home


@contextmanager
def environment_of_launch(
    java_home: Path, *, on_loopback: bool = True, properties: Path | None = None
) -> Iterator[None]:
    """Set the variables of a launch for the block, and put them back.

    PySpark hands all of the environment to the JVM. A SPARK_HOME or SPARK_CONF_DIR of another installation
    must not get in between.

    Args:
        java_home: the home of the Java to start.
        on_loopback: let Spark listen on loopback alone; otherwise it finds an address of this machine.
        properties: a file of Spark properties; it may hold secrets, which a command line must not.
    """
    wanted: dict[str, str | None] = {
        "JAVA_HOME": str(java_home),
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": "127.0.0.1" if on_loopback else None,
        "SPARK_CONF_DIR": None,
        "PYSPARK_SUBMIT_ARGS": _submit_arguments(properties),
        "PYSPARK_GATEWAY_PORT": None,
        # The job's JVM is told what it needs over py4j's own connection.
        **dict.fromkeys(SECRETS),
    }
    environment = os.environ  # noqa: TID251 - set for PySpark and put back, never read for a setting
    before = {name: environment.get(name) for name in wanted}
    try:
        _put(environment, wanted)
        yield
    finally:
        _put(environment, before)


def _submit_arguments(properties: Path | None) -> str | None:
    return None if properties is None else f"--properties-file {shlex.quote(str(properties))} pyspark-shell"


def _put(environment: "os._Environ[str]", values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
