"""What a JVM is made of: the Java and the jars' folder that the settings name."""

from pathlib import Path

import pytest

from clickstream.pipeline.broker_access import jvm_parts
from clickstream.runtime.java import jars
from clickstream.settings import load


@pytest.mark.acts("JAVA_HOME", "CACHE_PATH")
def test_a_jvm_is_started_with_the_java_and_from_the_cache_that_are_named(java, kafka_jars, tmp_path):
    home, cache = tmp_path / "java", tmp_path / "cache"
    home.symlink_to(java.path)
    cache.symlink_to(jars.cache_folder(load()[0].paths.cache))
    settings, _ = load({"JAVA_HOME": home, "CACHE_PATH": cache}, dotenv=tmp_path / "none")
    parts = jvm_parts(settings, jars.KAFKA)
    assert parts.java.executable == home / "bin" / "java"
    assert len(parts.jars) == len(kafka_jars)
    assert all(Path(jar).is_relative_to(cache) for jar in parts.jars)
