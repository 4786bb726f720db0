"""The job's Spark configuration: one JVM, a cluster on this machine, and a cluster elsewhere."""

from pathlib import Path

import pytest

from clickstream.settings import StreamSettings
from clickstream.stream.session.spark_conf import ClusterAccess, spark_conf

COMMITTER = "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version"
JARS = [Path("/cache/spark-sql-kafka.jar"), Path("/cache/kafka-clients.jar")]


def conf_of(master: str, cluster: ClusterAccess | None = None, **settings: str) -> dict[str, str]:
    return spark_conf(
        StreamSettings(SPARK_MASTER_URL=master, **settings),
        jars=JARS,
        scratch=Path("/scratch"),
        ui_port=None,
        short_run=False,
        cluster=cluster,
    )


def cluster(*, on_this_machine: bool) -> ClusterAccess:
    return ClusterAccess(
        executor_memory="900m", executor_cores=3, executors=4, on_this_machine=on_this_machine
    )


HERE = cluster(on_this_machine=True)
ELSEWHERE = cluster(on_this_machine=False)


@pytest.mark.acts("SPARK_MASTER_URL")
def test_in_one_jvm_nothing_is_said_to_executors() -> None:
    conf = conf_of("local[2]")
    assert conf["spark.master"] == "local[2]"
    assert conf[COMMITTER] == "2"
    assert not [name for name in conf if name.startswith(("spark.executor.", "spark.jars"))]


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SPARK_APP_NAME", "mine", "spark.app.name"),
        ("SPARK_LOG_LEVEL", "DEBUG", "spark.log.level"),
        ("SPARK_DRIVER_MEMORY", "1500m", "spark.driver.memory"),
        ("SPARK_SQL_SHUFFLE_PARTITIONS", "7", "spark.sql.shuffle.partitions"),
    ],
)
@pytest.mark.acts("SPARK_APP_NAME", "SPARK_LOG_LEVEL", "SPARK_DRIVER_MEMORY", "SPARK_SQL_SHUFFLE_PARTITIONS")
def test_spark_is_told_what_the_setting_says(setting: str, value: str, told: str) -> None:
    assert conf_of("local[2]", **{setting: value})[told] == value


@pytest.mark.parametrize(("master", "access"), [("spark://127.0.0.1:7077", HERE), ("yarn", ELSEWHERE)])
def test_on_a_cluster_a_lost_try_leaves_nothing_in_a_batchs_folder(
    master: str, access: ClusterAccess
) -> None:
    conf = conf_of(master, access)
    assert conf[COMMITTER] == "1"
    assert conf["spark.speculation"] == "false"


@pytest.mark.parametrize("access", [HERE, ELSEWHERE])
def test_executors_are_handed_the_connectors_jars(access: ClusterAccess) -> None:
    jars = conf_of("spark://127.0.0.1:7077", access)["spark.jars"]
    assert jars == "file:///cache/spark-sql-kafka.jar,file:///cache/kafka-clients.jar"


@pytest.mark.parametrize("access", [HERE, ELSEWHERE])
def test_an_executor_takes_the_workers_memory_and_the_jobs_stack(access: ClusterAccess) -> None:
    conf = conf_of("spark://127.0.0.1:7077", access)
    assert conf["spark.executor.memory"] == "900m"
    # A deeply nested message overflows the default one, and ends the JVM.
    assert "-Xss4m" in conf["spark.executor.extraJavaOptions"].split()


def test_a_standalone_worker_gives_all_its_cores_to_the_job() -> None:
    conf = conf_of("spark://127.0.0.1:7077", HERE)
    assert not {"spark.executor.cores", "spark.executor.instances"} & set(conf)


@pytest.mark.parametrize("master", ["yarn", "k8s://https://10.0.0.1:6443"])
def test_kubernetes_and_yarn_are_asked_for_executors(master: str) -> None:
    conf = conf_of(master, ELSEWHERE)
    assert (conf["spark.executor.instances"], conf["spark.executor.cores"]) == ("4", "3")


def test_the_job_stays_on_loopback_as_long_as_its_executors_do() -> None:
    for conf in (conf_of("local[*]"), conf_of("spark://127.0.0.1:7077", HERE)):
        assert conf["spark.driver.host"] == conf["spark.driver.bindAddress"] == "127.0.0.1"


@pytest.mark.acts("SPARK_DRIVER_HOST")
def test_executors_elsewhere_reach_the_job_where_spark_or_the_setting_says() -> None:
    assert "spark.driver.host" not in conf_of("yarn", ELSEWHERE)
    assert conf_of("yarn", ELSEWHERE, SPARK_DRIVER_HOST="10.0.0.7")["spark.driver.host"] == "10.0.0.7"


def test_places_of_this_machine_are_not_named_to_executors_elsewhere() -> None:
    assert "/scratch" in conf_of("spark://127.0.0.1:7077", HERE)["spark.executor.extraJavaOptions"]
    options = conf_of("spark://host:7077", ELSEWHERE)["spark.executor.extraJavaOptions"]
    assert not any(place in options for place in ("/scratch", "log4j2"))


def test_the_log_is_configured_by_a_file_that_is_there() -> None:
    options = conf_of("local[2]")["spark.driver.extraJavaOptions"].split()
    (uri,) = [word.partition("=")[2] for word in options if word.startswith("-Dlog4j2.configurationFile=")]
    assert Path(uri.removeprefix("file://")).is_file()


@pytest.mark.acts("SPARK_DRIVER_JAVA_OPTIONS")
def test_further_options_of_java_come_after_the_kits_own() -> None:
    options = conf_of("local[2]", SPARK_DRIVER_JAVA_OPTIONS="-Xlog:gc -Da=b")["spark.driver.extraJavaOptions"]
    assert options.endswith(" -Xlog:gc -Da=b")
    assert "-Xlog:gc" not in conf_of("spark://host:7077", ELSEWHERE)["spark.executor.extraJavaOptions"]


@pytest.mark.parametrize("master", ["local[2]", "spark://127.0.0.1:7077"])
def test_every_jvm_has_one_language_and_encoding(master: str) -> None:
    conf = conf_of(master, None if master == "local[2]" else HERE)
    for name in ("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions"):
        if name in conf:
            assert {"-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8"} <= set(
                conf[name].split()
            )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("-Xmx4g", "options without a heap size; set SPARK_DRIVER_MEMORY instead"),
        ("-Da=b agent.jar", "options of Java that begin with a dash"),
        ("-Da='b", "options with all quotes closed"),
    ],
)
def test_options_that_java_would_not_take_are_refused(options: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        StreamSettings(SPARK_DRIVER_JAVA_OPTIONS=options)


def test_a_scratch_folder_with_a_blank_and_a_quote_stays_one_option() -> None:
    conf = spark_conf(
        StreamSettings(),
        jars=JARS,
        scratch=Path('/a b/"c"'),
        ui_port=None,
        short_run=False,
        cluster=None,
    )
    assert r'"-Djava.io.tmpdir=/a b/\"c\""' in conf["spark.driver.extraJavaOptions"]
