"""The whole street over TLS and a login, where the password stays, and what a wrong one ends in."""

import contextlib
from pathlib import Path

import psutil
import pytest

from clickstream.pipeline.broker_access import jvm_parts
from clickstream.runtime.java.jars import KAFKA
from clickstream.settings import load
from secured_kafka import PASSWORD, secured_kafka

WRONG = "not-the-password-7c1f"
PERIOD = ("--count", "500", "--rate", "5", "--start-time", "2026-01-01T00:00:00Z")


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    settings, _ = load(dotenv=Path("none"))
    parts = jvm_parts(settings, KAFKA)
    with secured_kafka(parts, tmp_path_factory.mktemp("secured")) as started:
        yield started


def in_quotes(text: str) -> str:
    """As the password stands in the JAAS configuration of Spark's source."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def written_below(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_events_go_by_scram_over_tls_through_producer_job_and_check_and_the_password_stays_where_it_is(
    kit, kafka
):
    kit.settings |= kafka.environment(
        "SASL_SSL", KAFKA_SASL_MECHANISM="SCRAM-SHA-512", SPARK_LOG_LEVEL="DEBUG", KAFKA_PARTITIONS="1"
    )
    said = kit.done("produce", *PERIOD)

    job = kit.start("stream", "--available-now")
    command_lines, environments_of_jvms = set(), {}

    def has_ended() -> bool:
        for process in kit.processes():
            with contextlib.suppress(psutil.Error):
                command_lines.add(" ".join(process.cmdline()))
                if process.name() == "java":
                    environments_of_jvms[process.pid] = process.environ()
        return job.poll() is not None

    kit.wait_until(has_ended, "the job ends")
    assert job.returncode == 0, kit.log()
    assert environments_of_jvms
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass")
    assert verdict["events"] + verdict["rejected"] == 500
    refused = kit.run("check", KAFKA_SASL_PASSWORD=WRONG)
    assert refused.returncode == 3
    assert "KAFKA_SASL_PASSWORD" in refused.stderr

    for secret in (PASSWORD, in_quotes(PASSWORD)):
        assert secret not in said.stdout + said.stderr + str(verdict) + kit.done("config").stdout
        assert not [line for line in command_lines if secret in line]
        assert not [one for one in environments_of_jvms.values() if secret in one.values()]
        assert not [path for path, content in written_below(kit.folder).items() if secret.encode() in content]
    # What was looked through for it did tell of the login.
    assert b"SCRAM-SHA-512" in (kit.folder / ".clickstream/logs/spark.log").read_bytes()


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (["produce", "--count", "1"], "KAFKA_SECURITY_PROTOCOL"),
        pytest.param(["produce", "--count", "1"], "KAFKA_SASL_PASSWORD", marks=pytest.mark.thorough),
        (["stream", "--available-now"], "KAFKA_SSL_CA_LOCATION"),
        pytest.param(["stream"], "KAFKA_SASL_PASSWORD", marks=pytest.mark.thorough),
        (["up"], "KAFKA_SASL_PASSWORD"),
    ],
)
def test_who_is_not_let_in_is_told_why_by_every_command_before_anything_is_started(
    kit, kafka, command, wrong
):
    value = {
        "KAFKA_SASL_PASSWORD": WRONG,
        "KAFKA_SSL_CA_LOCATION": str(kafka.certificates.another_authority),
        "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
    }[wrong]
    ended = kit.run(*command, **kafka.environment("SASL_SSL", **{wrong: value}))
    assert ended.returncode == 3
    assert kafka.addresses["SASL_SSL"] in ended.stderr
    assert wrong in ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr
    assert WRONG not in ended.stdout + ended.stderr
    assert kit.processes() == []
