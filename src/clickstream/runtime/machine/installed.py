"""Whether what the kit runs on is installed and fits: Python, Java, PySpark with its connector, jars."""

import importlib.metadata
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote

from clickstream.contract.diagnosis import Caution
from clickstream.errors import JarsUnavailable, MachineNotReady
from clickstream.runtime.java.find import MODULE, JavaHome, find_java
from clickstream.runtime.java.jars import SPARK_KAFKA, verified
from clickstream.runtime.java.lockfile import read_lock

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
"""What pyproject.toml asks for; the kit's tests run on these."""
CONNECTOR = "spark-sql-kafka-0-10_2.13"

_PREPARE = "./scripts/prepare"


def python_found(version: tuple[int, int, int] = sys.version_info[:3]) -> str:
    """This Python, if it is one that the kit is made for.

    Raises:
        MachineNotReady: it is not.
    """
    found = f"Python {'.'.join(map(str, version))} in {sys.prefix}"
    if OLDEST_PYTHON <= version[:2] <= NEWEST_PYTHON:
        return f"{found}."
    raise MachineNotReady(
        f"{found}; the kit needs 3.{OLDEST_PYTHON[1]} to 3.{NEWEST_PYTHON[1]}.",
        next_step=f"PYTHON=python3.{NEWEST_PYTHON[1]} {_PREPARE}",
    )


def java_found(java_home: Path | None, find: Callable[..., JavaHome] = find_java) -> str | Caution:
    """The Java that Spark and Kafka run on; a caution if it is another one than JAVA_HOME.

    Raises:
        JavaNotFound: there is none.
    """
    java = find(java_home)
    if java.note:
        return Caution(java.note, f"export JAVA_HOME={java.path}")
    return f"Java {java.version} with {MODULE} in {java.path}."


def pyspark_found(version_of: Callable[[str], str] = importlib.metadata.version) -> str:
    """PySpark, if it is the very version that the locked connector is made for.

    Raises:
        MachineNotReady: it is not.
    """
    wanted = next(jar.version for jar in read_lock(SPARK_KAFKA) if jar.artifact == CONNECTOR)
    try:
        found = version_of("pyspark")
    except importlib.metadata.PackageNotFoundError as error:
        sentence = f"PySpark is not installed; the job needs {wanted}."
        raise MachineNotReady(sentence, next_step=_PREPARE) from error
    if found != wanted:
        sentence = f"PySpark {found} is installed, and the Kafka connector in the lock is of {wanted}."
        raise MachineNotReady(sentence, next_step=_PREPARE)
    return f"PySpark {found}, the version of its Kafka connector."


def jars_found(lock_names: Sequence[str], cache: Path) -> str | Caution:
    """The jars of these locks in the cache, with the locked hashes; a caution if some are not there yet.

    Raises:
        JarsUnavailable: one is not the locked jar.
    """
    jars = [jar for name in lock_names for jar in read_lock(name)]
    missing = 0
    for jar in jars:
        try:
            missing += not verified(jar, cache)
        except JarsUnavailable as error:
            error.next_step = f"rm {quote(str(cache / 'jars' / jar.relative_path))}"
            raise
    if missing:
        sentence = f"{missing} of {len(jars)} jars are not in {cache} yet; the first run fetches them."
        return Caution(sentence, "clickstream demo")
    return f"{len(jars)} jars in {cache}, each with the locked hash."
