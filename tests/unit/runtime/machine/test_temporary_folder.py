"""Temporary files go where native libraries can run: the system's folder, else one below the state folder."""

import tempfile
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Caution
from clickstream.errors import MachineNotReady
from clickstream.runtime.machine.temporary_folder import (
    folder_runs_programs,
    runs_programs,
    temporary_folder,
)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder."""
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def noexec(*folders: Path):
    return lambda folder: folder not in folders


def test_the_systems_folder_is_used_if_it_runs_programs(system: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert runs_programs(system)
    assert temporary_folder(state) == system
    assert folder_runs_programs(state, "").startswith(f"{system} can be written")
    assert not state.exists()


def test_a_folder_below_the_state_folder_is_used_if_the_systems_is_noexec(
    system: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    found = folder_runs_programs(state, "", noexec(system))
    assert found == f"{system} is mounted noexec, so {state / 'tmp'} is used."
    assert not state.exists()
    assert temporary_folder(state, noexec(system)) == state / "tmp"
    assert (state / "tmp").is_dir()


def test_if_the_state_folder_is_noexec_as_well_it_is_refused(system: Path, tmp_path: Path) -> None:
    with pytest.raises(MachineNotReady, match="snappy") as refused:
        folder_runs_programs(tmp_path / "state", "", lambda _folder: False)
    assert "TMPDIR" in refused.value.next_step
    assert temporary_folder(tmp_path / "state", lambda _folder: False) is None


def test_a_tmpdir_that_is_not_there_is_a_caution(system: Path, tmp_path: Path) -> None:
    found = folder_runs_programs(tmp_path / "state", "/nowhere/tmp")
    sentence = f"TMPDIR=/nowhere/tmp cannot be written, so {system} is used."
    assert found == Caution(sentence, "mkdir -p /nowhere/tmp")
    assert isinstance(folder_runs_programs(tmp_path / "state", str(system)), str)


def test_without_any_folder_the_one_below_the_state_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert temporary_folder(tmp_path / "state") == tmp_path / "state" / "tmp"
    assert isinstance(folder_runs_programs(tmp_path / "state", ""), str)
