"""A folder's broker has the usual port if it is free, otherwise a free one, and keeps it."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clickstream.pipeline.demo.demo_settings import demo_settings
from clickstream.runtime.machine.ports import KAFKA_PORT, free_port, keep_port, port_of, wanted_ports
from clickstream.settings import load


@pytest.fixture
def held() -> Iterator[int]:
    """A port on which somebody listens."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_new_folder_wants_the_usual_port_and_then_the_one_that_it_had(tmp_path: Path) -> None:
    assert wanted_ports(tmp_path) == (KAFKA_PORT,)
    keep_port(tmp_path, 19_092)
    assert wanted_ports(tmp_path) == (19_092, KAFKA_PORT)
    keep_port(tmp_path, KAFKA_PORT)
    assert wanted_ports(tmp_path) == (KAFKA_PORT,)


def test_the_kept_port_is_taken_again_if_it_is_free(tmp_path: Path) -> None:
    port = free_port()
    keep_port(tmp_path, port)
    assert port_of(tmp_path) == port


def test_a_port_that_is_held_is_not_taken(tmp_path: Path, held: int) -> None:
    keep_port(tmp_path, held)
    assert port_of(tmp_path, usual=held) not in (0, held)


def test_a_file_that_holds_no_port_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("torn")
    assert wanted_ports(tmp_path) == (KAFKA_PORT,)


@pytest.mark.parametrize(("given", "port"), [({}, None), ({"EMBEDDED_KAFKA_PORT": "0"}, 0)])
def test_a_default_port_is_told_from_one_that_is_given(
    tmp_path: Path, given: dict[str, str], port: int | None
) -> None:
    settings, _ = load(given, dotenv=tmp_path / "none")
    assert settings.runtime.given_port("embedded_kafka_port") == port


def test_the_demo_does_not_take_the_port_of_the_folders_broker() -> None:
    settings = demo_settings({"EMBEDDED_KAFKA_PORT": "9092"})
    assert settings.runtime.given_port("embedded_kafka_port") == 0
