"""Whether what the kit runs on is installed and fits: Python, Java, PySpark with its connector, jars."""

import importlib.metadata
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote

from clickstream.contract.diagnosis import Diagnosis, ok, problem, warning
from clickstream.errors import JarsUnavailable, JavaNotFound
from clickstream.runtime.java.find import MODULE, JavaHome, find_java
from clickstream.runtime.java.jars import SPARK_KAFKA, verified
from clickstream.runtime.java.lockfile import read_lock

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
"""What pyproject.toml asks for; the kit's tests run on these."""
CONNECTOR = "spark-sql-kafka-0-10_2.13"

_ANEW = "./scripts/prepare"
_FETCH = "clickstream demo"


def diagnose_python(version: tuple[int, int, int] = sys.version_info[:3]) -> Diagnosis:
    """Whether this Python is one that the kit is made for."""
    shown = ".".join(map(str, version))
    if OLDEST_PYTHON <= version[:2] <= NEWEST_PYTHON:
        return ok("Python", f"Python {shown} in {sys.prefix}.")
    wanted = f"3.{OLDEST_PYTHON[1]} to 3.{NEWEST_PYTHON[1]}"
    return problem(
        "Python",
        f"Python {shown} in {sys.prefix}; the kit needs {wanted}.",
        f"PYTHON=python3.{NEWEST_PYTHON[1]} {_ANEW}",
    )


def diagnose_java(java_home: Path | None, find: Callable[..., JavaHome] = find_java) -> Diagnosis:
    """Whether there is a Java that Spark and Kafka run on, and whether another one than JAVA_HOME is used."""
    try:
        java = find(java_home)
    except JavaNotFound as error:
        return problem("Java", error.sentence, error.next_step)
    if java.note:
        return warning("Java", java.note, f"export JAVA_HOME={java.path}")
    return ok("Java", f"Java {java.version} with {MODULE} in {java.path}.")


def diagnose_pyspark(version_of: Callable[[str], str] = importlib.metadata.version) -> Diagnosis:
    """Whether PySpark is installed in the very version that the locked connector is made for."""
    wanted = next(jar.version for jar in read_lock(SPARK_KAFKA) if jar.artifact == CONNECTOR)
    try:
        found = version_of("pyspark")
    except importlib.metadata.PackageNotFoundError:
        return problem("PySpark", f"PySpark is not installed; the job needs {wanted}.", _ANEW)
    if found != wanted:
        sentence = f"PySpark {found} is installed, and the Kafka connector in the lock is of {wanted}."
        return problem("PySpark", sentence, _ANEW)
    return ok("PySpark", f"PySpark {found}, the version of its Kafka connector.")


def diagnose_jars(lock_names: Sequence[str], cache: Path) -> Diagnosis:
    """Whether the jars of these locks are in the cache, with the locked hashes; fetches nothing."""
    missing, total = 0, 0
    for name in lock_names:
        for jar in read_lock(name):
            total += 1
            try:
                missing += not verified(jar, cache)
            except JarsUnavailable as error:
                return problem("jars", error.sentence, f"rm {quote(str(cache / 'jars' / jar.relative_path))}")
    if missing:
        sentence = f"{missing} of {total} jars are not in {cache} yet; the first run fetches them."
        return warning("jars", sentence, _FETCH)
    return ok("jars", f"{total} jars in {cache}, each with the locked hash.")
