"""Memory, folders and disk of the machine, each with how to fix it."""

import os
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Caution
from clickstream.errors import FolderNotWritable, MachineNotReady
from clickstream.runtime.machine.resources import (
    enough_disk,
    enough_memory,
    folder_can_be_written,
    heap_bytes,
)

GIB = 2**30


@pytest.mark.parametrize(
    ("memory", "size_bytes"), [("384m", 384 * 2**20), ("1g", GIB), ("1500m", 1500 * 2**20)]
)
def test_a_jvms_memory_is_read_as_the_settings_write_it(memory: str, size_bytes: int) -> None:
    assert heap_bytes(memory) == size_bytes


def test_too_little_memory_is_a_caution_with_both_figures_and_far_too_little_is_refused() -> None:
    assert isinstance(enough_memory(["1g", "384m"], lambda: 8 * GIB), str)
    low = enough_memory(["1g", "384m"], lambda: GIB)
    assert isinstance(low, Caution)
    assert "1.0 GB of memory are free" in low.sentence
    assert "2.0 GB" in low.sentence
    with pytest.raises(MachineNotReady, match=r"at least 0\.9 GB"):
        enough_memory(["1g", "384m"], lambda: GIB // 2)


def test_where_all_runs_already_no_memory_is_asked_for() -> None:
    assert isinstance(enough_memory([], lambda: 1), str)


def test_a_folder_that_is_not_there_yet_is_looked_at_where_it_would_be_made(tmp_path: Path) -> None:
    assert folder_can_be_written("OUTPUT_PATH", tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FolderNotWritable, match="STATE_PATH") as refused:
        folder_can_be_written("STATE_PATH", tmp_path / "file" / "state")
    assert "STATE_PATH" in refused.value.next_step


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FolderNotWritable):
        folder_can_be_written("STATE_PATH", tmp_path / "state")


def test_a_disk_that_is_nearly_full_is_a_caution_with_the_folder_that_has_least(tmp_path: Path) -> None:
    folders = {"STATE_PATH": tmp_path / "state", "OUTPUT_PATH": Path("/")}
    free = {tmp_path: 9 * GIB, Path("/"): GIB // 2}
    found = enough_disk(folders, lambda folder: free[folder])
    assert isinstance(found, Caution)
    assert found.sentence == "0.5 GB are free for OUTPUT_PATH=/."
    assert isinstance(enough_disk(folders, lambda _folder: 9 * GIB), str)
