"""The session: on loopback alone, in UTC, quiet, and nothing of it left behind."""

import gc
from pathlib import Path

import psutil
import pytest
from pyspark.sql import SparkSession

from clickstream.errors import PartDidNotStart, PartDied
from clickstream.stream.session.jvm import needing_the_jvm
from clickstream.stream.session.session import open_session
from story import stream_settings


def the_jvm() -> psutil.Process:
    (jvm,) = [each for each in psutil.Process().children(recursive=True) if "java" in each.name()]
    return jvm


def test_the_jvm_listens_on_loopback_alone(session: SparkSession) -> None:
    assert session.range(1).count() == 1
    listening = [each for each in the_jvm().net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert listening
    assert {each.laddr.ip.removeprefix("::ffff:") for each in listening} <= {"127.0.0.1", "::1"}


def test_the_job_has_no_web_page_unless_it_is_asked_for(session: SparkSession) -> None:
    assert session.sparkContext.uiWebUrl is None


def test_further_properties_act_and_do_not_override_the_kits_own(session: SparkSession) -> None:
    assert session.conf.get("spark.of.the.users.own") == "given"
    assert session.conf.get("spark.app.name") == "clickstream"


def test_the_jvm_is_not_told_the_line_of_each_call(session: SparkSession) -> None:
    assert session.conf.get("spark.python.sql.dataFrameDebugging.enabled") == "false"


def test_times_are_utc_and_keep_their_microseconds(session: SparkSession, tmp_path: Path) -> None:
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"
    moment = session.sql("select timestamp'1500-01-01 00:00:00.123456Z' as moment")
    moment.write.parquet(str(tmp_path / "moments"))
    assert session.read.parquet(str(tmp_path / "moments")).selectExpr("unix_micros(moment)").first() == (
        -14_831_769_599_876_544,
    )


def test_nothing_is_left_in_the_working_folder(session: SparkSession) -> None:
    assert session.range(1).count() == 1
    here = {path.name for path in Path.cwd().iterdir()}
    assert here.isdisjoint({"spark-warehouse", "metastore_db", "derby.log", "artifacts"})


def test_a_java_exception_is_no_dead_jvm(session: SparkSession) -> None:
    jvm = session.sparkContext._jvm
    with pytest.raises(PartDied, match="FileNotFoundException: /nowhere/to/be/found"), needing_the_jvm():
        jvm.java.io.FileInputStream("/nowhere/to/be/found")
    with pytest.raises(PartDied, match=r"The job ended: Py4JException: Method get\("), needing_the_jvm():
        jvm.java.nio.file.Paths.get("a", 1)
    with pytest.raises(PartDied, match=r"The job ended: .*TABLE_OR_VIEW_NOT_FOUND"), needing_the_jvm():
        session.table("nowhere").count()


# PySpark drops the process that did not start, and with it an open pipe.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_java_that_does_not_start_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho this is no Java\nexit 1\n")
    java.chmod(0o755)
    log_file = tmp_path / "spark.log"
    with pytest.raises(PartDidNotStart, match="The job's JVM did not start") as failure:
        open_session(stream_settings(), java_home=tmp_path, jars=[], log_file=log_file)
    assert failure.value.next_step == f"See {log_file}."
    assert any("this is no Java" in line for line in failure.value.details)
    del failure
    gc.collect()
