"""A port in use is refused with its owner."""

import os
import socket

import psutil
import pytest

from clickstream.errors import PortInUse
from clickstream.runtime.machine.ports import free_port, free_ports, port_owner, refuse_port_in_use


@pytest.fixture
def held_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_free_ports_are_different_and_can_be_bound():
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        refuse_port_in_use(port, "a test", "SOME_PORT")


def test_the_owner_of_a_port_is_the_process_that_listens(held_port):
    owner = port_owner(held_port)
    assert (owner.pid, owner.name) == (os.getpid(), psutil.Process().name())


def test_a_free_port_has_no_owner():
    assert port_owner(free_port()) is None


def test_a_port_in_use_is_refused_with_port_owner_and_setting(held_port):
    with pytest.raises(PortInUse) as raised:
        refuse_port_in_use(held_port, "the embedded broker", "EMBEDDED_KAFKA_PORT")
    assert f"Port {held_port}, wanted for the embedded broker, is held by " in raised.value.sentence
    assert f"(pid {os.getpid()})" in raised.value.sentence
    assert "EMBEDDED_KAFKA_PORT" in raised.value.next_step


def test_a_port_held_on_every_interface_is_in_use_too():
    with socket.create_server(("0.0.0.0", 0)) as server, pytest.raises(PortInUse):  # noqa: S104  the case itself
        refuse_port_in_use(server.getsockname()[1], "a test", "SOME_PORT")
