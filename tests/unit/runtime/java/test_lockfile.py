"""The lock files name every jar with its hash, and survive being written and read."""

import re
import runpy
import tomllib
from pathlib import Path

import jgo.env
import pytest

from clickstream.runtime.java.lockfile import LockedJar, parse_lock, read_lock

ROOT = Path(__file__).parents[4]
RELOCK = runpy.run_path(str(ROOT / "scripts" / "relock.py"))
WANTED, render_lock = RELOCK["WANTED"], RELOCK["render_lock"]


@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_shipped_lock_has_a_hash_and_a_size_for_every_jar(name):
    jars = read_lock(name)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.size_bytes > 0 for jar in jars)
    assert len({jar.relative_path for jar in jars}) == len(jars)


@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_shipped_lock_holds_what_it_was_asked_for(name):
    coordinates = [jar.coordinate for jar in read_lock(name)]
    assert coordinates[: len(WANTED[name].coordinates)] == list(WANTED[name].coordinates)


def test_the_connector_is_of_the_pyspark_that_is_depended_on():
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pinned = next(each for each in dependencies if each.startswith("pyspark"))
    of_spark = {jar.version for jar in read_lock("spark-kafka") if jar.group == "org.apache.spark"}
    assert {f"pyspark (=={version})" for version in of_spark} == {pinned}


def test_a_lock_survives_writing_and_reading():
    jars = [LockedJar("org.example.a", "b", "1.0", "ab" * 32, 7), LockedJar("c", "d_2.13", "2", "cd" * 32, 8)]
    assert parse_lock(render_lock("some", jars, "3.2.0")) == jars


def test_jgo_reads_our_lock(tmp_path):
    path = tmp_path / "jgo.lock.toml"
    path.write_text(render_lock("some", [LockedJar("org.example", "b", "1.0", "ab" * 32, 7)], "3.2.0"))
    (dependency,) = jgo.env.LockFile.load(path).dependencies
    assert (dependency.groupId, dependency.artifactId, dependency.sha256) == ("org.example", "b", "ab" * 32)


def test_a_jar_lies_where_maven_keeps_it():
    jar = LockedJar("org.apache.kafka", "kafka_2.13", "4.4.0", "00" * 32, 1)
    assert str(jar.relative_path) == "org/apache/kafka/kafka_2.13/4.4.0/kafka_2.13-4.4.0.jar"
