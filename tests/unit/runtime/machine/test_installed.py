"""What is installed either fits, or is named with what mends it."""

import importlib.metadata
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Health
from clickstream.errors import JavaNotFound
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.java.jars import SPARK_KAFKA
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.machine.installed import (
    CONNECTOR,
    diagnose_jars,
    diagnose_java,
    diagnose_pyspark,
    diagnose_python,
)

LOCKED = next(jar.version for jar in read_lock(SPARK_KAFKA) if jar.artifact == CONNECTOR)


@pytest.mark.parametrize(
    ("version", "health"),
    [
        ((3, 10, 9), Health.PROBLEM),
        ((3, 11, 0), Health.OK),
        ((3, 13, 9), Health.OK),
        ((3, 14, 0), Health.PROBLEM),
    ],
)
def test_a_python_fits_from_3_11_to_3_13(version: tuple[int, int, int], health: Health) -> None:
    found = diagnose_python(version)
    assert found.health is health
    assert bool(found.fix) == (health is Health.PROBLEM)


def test_a_fitting_java_is_named() -> None:
    java = JavaHome(Path("/jvm/17"), 17)
    found = diagnose_java(None, lambda _home: java)
    assert found.health is Health.OK
    assert "Java 17 with jdk.incubator.vector in /jvm/17" in found.sentence


def test_a_java_home_that_is_passed_over_is_a_warning_with_the_one_that_is_used() -> None:
    java = JavaHome(Path("/jvm/17"), 17, note="JAVA_HOME=/x is Java 11; Java 17 is used.")
    found = diagnose_java(Path("/x"), lambda _home: java)
    assert (found.health, found.fix) == (Health.WARNING, "export JAVA_HOME=/jvm/17")


def test_no_java_is_a_problem_with_the_way_to_get_one() -> None:
    def none(_home: Path | None) -> JavaHome:
        raise JavaNotFound("none was found", next_step="apt install it")

    found = diagnose_java(None, none)
    assert (found.health, found.sentence, found.fix) == (Health.PROBLEM, "none was found", "apt install it")


def test_a_pyspark_of_the_connectors_version_fits() -> None:
    assert diagnose_pyspark(lambda _name: LOCKED).health is Health.OK


def test_another_pyspark_than_the_connectors_is_a_problem_that_names_both() -> None:
    found = diagnose_pyspark(lambda _name: "4.0.1")
    assert found.health is Health.PROBLEM
    assert "4.0.1" in found.sentence
    assert LOCKED in found.sentence


def test_a_missing_pyspark_is_a_problem() -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    found = diagnose_pyspark(missing)
    assert (found.health, found.fix) == (Health.PROBLEM, "./scripts/prepare")


def test_jars_that_are_not_there_yet_are_a_warning_and_are_not_fetched(tmp_path: Path) -> None:
    found = diagnose_jars([SPARK_KAFKA], tmp_path)
    assert found.health is Health.WARNING
    assert f"4 of 4 jars are not in {tmp_path}" in found.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_jar_with_another_hash_is_a_problem_and_the_file_to_remove_is_named(tmp_path: Path) -> None:
    place = tmp_path / "jars" / read_lock(SPARK_KAFKA)[0].relative_path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"not the jar")
    found = diagnose_jars([SPARK_KAFKA], tmp_path)
    assert (found.health, found.fix) == (Health.PROBLEM, f"rm {place}")
    assert "is not the locked jar" in found.sentence
