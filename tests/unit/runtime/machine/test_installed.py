"""What is installed either fits, or is named with how to fix it."""

import importlib.metadata
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Caution
from clickstream.errors import JarsUnavailable, MachineNotReady
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.java.jars import SPARK_KAFKA
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.machine.installed import (
    CONNECTOR,
    jars_found,
    java_found,
    pyspark_found,
    python_found,
)

LOCKED = next(jar.version for jar in read_lock(SPARK_KAFKA) if jar.artifact == CONNECTOR)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_a_python_fits_from_3_11_to_3_13(version: tuple[int, int, int]) -> None:
    assert python_found(version)


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)])
def test_another_python_is_refused_with_how_to_fix_it(version: tuple[int, int, int]) -> None:
    with pytest.raises(MachineNotReady, match=r"needs 3\.11 to 3\.13") as refused:
        python_found(version)
    assert refused.value.next_step == "PYTHON=python3.13 ./scripts/prepare"


def test_a_fitting_java_is_named() -> None:
    java = JavaHome(Path("/jvm/17"), 17)
    assert java_found(None, lambda _home: java) == "Java 17 with jdk.incubator.vector in /jvm/17."


def test_a_java_home_that_is_ignored_is_a_caution_with_the_one_that_is_used() -> None:
    java = JavaHome(Path("/jvm/17"), 17, note="JAVA_HOME=/x is Java 11; Java 17 is used.")
    assert java_found(Path("/x"), lambda _home: java) == Caution(java.note, "export JAVA_HOME=/jvm/17")


def test_a_pyspark_of_the_connectors_version_fits() -> None:
    assert LOCKED in pyspark_found(lambda _name: LOCKED)


def test_another_pyspark_than_the_connectors_is_refused_with_both_versions() -> None:
    with pytest.raises(MachineNotReady) as refused:
        pyspark_found(lambda _name: "4.0.1")
    assert "4.0.1" in refused.value.sentence
    assert LOCKED in refused.value.sentence


def test_a_missing_pyspark_is_refused() -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    with pytest.raises(MachineNotReady) as refused:
        pyspark_found(missing)
    assert refused.value.next_step == "./scripts/prepare"


def test_jars_that_are_not_there_yet_are_a_caution_and_are_not_fetched(tmp_path: Path) -> None:
    found = jars_found([SPARK_KAFKA], tmp_path)
    assert isinstance(found, Caution)
    assert f"4 of 4 jars are not in {tmp_path}" in found.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_jar_with_another_hash_is_refused_and_the_file_to_remove_is_named(tmp_path: Path) -> None:
    place = tmp_path / "jars" / read_lock(SPARK_KAFKA)[0].relative_path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"not the jar")
    with pytest.raises(JarsUnavailable, match="is not the locked jar") as refused:
        jars_found([SPARK_KAFKA], tmp_path)
    assert refused.value.next_step == f"rm {place}"
