"""A shell that is set up for other programs: the kit works as in an empty one."""

from pathlib import Path

import pytest

HOSTILE = {
    "SPARK_REMOTE": "sc://127.0.0.1:1",
    "SPARK_LOCAL_DIRS": "/proc/none",
    "SPARK_HOME": "/nowhere",
    "SPARK_CONF_DIR": "/nowhere",
    "SPARK_TESTING": "1",
    "SPARK_API_MODE": "connect",
    "SPARK_SUBMIT_OPTS": "-Xbogus",
    "SPARK_LAUNCHER_OPTS": "-Xbogus",
    "SPARK_DIST_CLASSPATH": "/nowhere",
    "PYSPARK_PYTHON": "/nowhere/python",
    "PYSPARK_DRIVER_PYTHON": "/nowhere/python",
    "PYSPARK_SUBMIT_ARGS": "--master yarn pyspark-shell",
    "PYSPARK_GATEWAY_PORT": "1",
    "PYSPARK_GATEWAY_SECRET": "other",
    "PYSPARK_PIN_THREAD": "false",
    "MASTER": "yarn",
    "JAVA_TOOL_OPTIONS": "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:1",
    "JDK_JAVA_OPTIONS": "-Xbogus",
    "_JAVA_OPTIONS": "-Xbogus",
    "CLASSPATH": "/nowhere/x.jar",
    "HADOOP_HOME": "/nowhere",
    "YARN_CONF_DIR": "/nowhere",
    "KAFKA_OPTS": "-Xbogus",
    "KAFKA_HEAP_OPTS": "-Xmx1k",
    "BASH_ENV": "/nowhere.sh",
    "CDPATH": "/",
}
OTHER_FILE_SYSTEM = """
<configuration>
  <property><name>fs.defaultFS</name><value>hdfs://127.0.0.1:1</value></property>
</configuration>
"""


@pytest.mark.thorough
@pytest.mark.parametrize("locale", ["tr_TR.UTF-8", "C"])
def test_the_demo_passes_whatever_the_shell_says_to_other_programs(kit, tmp_path: Path, locale: str) -> None:
    other_spark = tmp_path / "other" / "pyspark"
    other_spark.mkdir(parents=True)
    (other_spark / "__init__.py").write_text("raise ImportError('another Spark')\n")
    hadoop = tmp_path / "hadoop"
    hadoop.mkdir()
    (hadoop / "core-site.xml").write_text(OTHER_FILE_SYSTEM)
    shell = HOSTILE | {"PYTHONPATH": str(other_spark.parent), "HADOOP_CONF_DIR": str(hadoop)}
    ended = kit.done("demo", "--events", "1000", "--folder", "żółć ö", **shell, LC_ALL=locale, LANG=locale)
    assert "PASS" in ended.stdout
