"""A broker's address is host:port; what no client could reach is refused when settings are read."""

from pathlib import Path

import pytest

from clickstream.errors import SettingInvalid
from clickstream.settings import load


def refused(folder: Path, name: str, value: str) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        load({name: value}, dotenv=folder / "none")
    return caught.value


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("localhost:9092", "localhost:9092"),
        (" one:9092 , two.example.com:65535 ", "one:9092,two.example.com:65535"),
        ("127.0.0.1:1", "127.0.0.1:1"),
        ("[::1]:9092", "[::1]:9092"),
        ("[fe80::1%eth0]:9092", "[fe80::1%eth0]:9092"),
        ("broker_1:9092", "broker_1:9092"),
        ("", ""),
    ],
)
@pytest.mark.acts("KAFKA_BOOTSTRAP_SERVERS")
def test_addresses_are_read_without_their_blanks(given: str, read: str, tmp_path: Path) -> None:
    settings, _ = load({"KAFKA_BOOTSTRAP_SERVERS": given}, dotenv=tmp_path / "none")
    assert settings.broker.bootstrap_servers == read


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("localhost", "it has no port"),
        ("127.0.0.1", "it has no port"),
        ("one:9092,two", "it has no port"),
        *(
            (f"{address}", f"{address.split(',')[-1].strip()!r} is not a host and a port from 1 to 65535")
            for address in (
                *("localhost:", "localhost:0", "localhost:65536", "localhost:kafka", "localhost:-1"),
                *("localhost:9092/", ":9092", "my host:9092", "   ", "one:9092,", "one:9092;two:9092"),
                *("one:9092 two:9092", "::1", "::1:9092", "fe80::12", "[::1]", "[::1:9092", "[banana]:9092"),
            )
        ),
        ("one:9092,,two:9092", "'' is not a host and a port"),
        ("kafka://localhost:9092", "kafka:// does not belong there: write localhost:9092"),
        ("PLAINTEXT://localhost:9092", "PLAINTEXT:// does not belong there"),
        ("http://", "http:// does not belong there"),
    ],
)
def test_what_is_not_an_address_is_refused_with_its_reason(value: str, why: str, tmp_path: Path) -> None:
    error = refused(tmp_path, "KAFKA_BOOTSTRAP_SERVERS", value)
    assert error.sentence == f"KAFKA_BOOTSTRAP_SERVERS={value} (from flag) cannot be used: {error.why}."
    assert why in error.why
    assert "host:port" in error.next_step


def test_a_port_that_is_missing_is_proposed(tmp_path: Path) -> None:
    assert "to localhost:9092," in refused(tmp_path, "KAFKA_BOOTSTRAP_SERVERS", "localhost").next_step


def test_a_password_in_a_url_is_not_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, "KAFKA_BOOTSTRAP_SERVERS", "kafka://ann:hunter/2@host:9092")
    assert "hunter" not in f"{error.sentence} {error.next_step}"
    assert "hunter" not in str(refused(tmp_path, "OUTPUT_PATH", "s3a://KEY:hunter2@bucket/run"))


@pytest.mark.parametrize("value", ["http://host", "host:7077", "my host"])
def test_a_driver_host_is_a_host_alone(value: str, tmp_path: Path) -> None:
    assert "more than a host" in refused(tmp_path, "SPARK_DRIVER_HOST", value).sentence
    for taken in ("10.0.0.7", "job.example.com", "::1"):
        load({"SPARK_DRIVER_HOST": taken}, dotenv=tmp_path / "none")


@pytest.mark.parametrize("value", ["spark://host:0", "spark://one:7077,two:70000"])
def test_a_masters_port_is_one_that_exists(value: str, tmp_path: Path) -> None:
    assert "1 to 65535" in refused(tmp_path, "SPARK_MASTER_URL", value).sentence
