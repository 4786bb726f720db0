"""Memory, folders, disk and ports of the machine, each with what mends it."""

import os
import socket
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Health
from clickstream.runtime.machine.ports import PortOwner
from clickstream.runtime.machine.resources import diagnose_folder, diagnose_memory, diagnose_port, heap_bytes

GIB = 2**30
NOBODY: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("memory", "size_bytes"), [("384m", 384 * 2**20), ("1g", GIB), ("1500m", 1500 * 2**20)]
)
def test_a_jvms_memory_is_read_as_the_settings_write_it(memory: str, size_bytes: int) -> None:
    assert heap_bytes(memory) == size_bytes


def test_enough_memory_is_well_and_too_little_is_a_warning_with_both_figures() -> None:
    assert diagnose_memory(["1g", "384m"], lambda: 8 * GIB).health is Health.OK
    low = diagnose_memory(["1g", "384m"], lambda: GIB)
    assert low.health is Health.WARNING
    assert "1.0 GB of memory are free" in low.sentence
    assert "2.0 GB" in low.sentence
    assert low.fix
    none = diagnose_memory(["1g", "384m"], lambda: GIB // 2)
    assert (none.health, "at least 0.9 GB" in none.sentence) == (Health.PROBLEM, True)


def test_where_all_runs_already_no_memory_is_asked_for() -> None:
    assert diagnose_memory([], lambda: 1).health is Health.OK


def test_a_folder_that_is_not_there_yet_is_looked_at_where_it_would_be_made(tmp_path: Path) -> None:
    found = diagnose_folder("OUTPUT_PATH", tmp_path / "a" / "b")
    assert found.health is Health.OK
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = diagnose_folder("STATE_PATH", tmp_path / "file" / "state")
    assert found.health is Health.PROBLEM
    assert "STATE_PATH" in found.sentence
    assert "STATE_PATH" in found.fix


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_problem(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert diagnose_folder("STATE_PATH", tmp_path / "state").health is Health.PROBLEM


@pytest.mark.parametrize(
    ("free_bytes", "health"), [(1, Health.PROBLEM), (GIB, Health.WARNING), (9 * GIB, Health.OK)]
)
def test_a_disk_is_well_low_or_full(tmp_path: Path, free_bytes: int, health: Health) -> None:
    assert diagnose_folder("OUTPUT_PATH", tmp_path, lambda _path: free_bytes).health is health


def test_a_port_that_is_held_for_real_names_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = diagnose_port("REDPANDA_PORT", port, ours=NOBODY, needed=True)
    assert found.health is Health.PROBLEM
    assert f"REDPANDA_PORT={port} is held by" in found.sentence
    assert str(os.getpid()) in found.sentence + found.fix
    assert diagnose_port("REDPANDA_PORT", port, ours=NOBODY, needed=True).health is Health.OK


def test_a_port_held_by_a_part_of_ours_or_wanted_by_nobody_is_well() -> None:
    def holder(_port: int) -> PortOwner:
        return PortOwner(7, "java")

    assert diagnose_port("X_PORT", 9, ours=frozenset({7}), needed=True, owner_of=holder).health is Health.OK
    assert diagnose_port("X_PORT", 9, ours=NOBODY, needed=False, owner_of=holder).health is Health.OK
    assert diagnose_port("X_PORT", 9, ours=NOBODY, needed=True, owner_of=holder).health is Health.PROBLEM


def test_a_holder_that_is_not_told_has_no_pid_to_end() -> None:
    found = diagnose_port(
        "X_PORT",
        9,
        ours=NOBODY,
        needed=True,
        owner_of=lambda _port: PortOwner(None, "a process of another user"),
    )
    assert found.fix == "X_PORT=0 clickstream up"
