"""The installed PySpark: its folder is a whole Spark, found without importing it."""

from importlib.util import find_spec
from pathlib import Path

from clickstream.errors import EnvironmentNotReady


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
