"""Temporary files go where native libraries can run: the system's folder, else one below the state folder."""

import tempfile
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Health
from clickstream.runtime.machine.temporary_folder import diagnose_temporary, runs_programs, temporary_folder


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
    found = diagnose_temporary(state, "")
    assert (found.health, str(system) in found.sentence) == (Health.OK, True)
    assert not state.exists()


def test_a_folder_below_the_state_folder_is_used_if_the_systems_is_noexec(
    system: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    found = diagnose_temporary(state, "", noexec(system))
    assert found.health is Health.OK
    assert f"{system} is mounted noexec, so {state / 'tmp'} is used" in found.sentence
    assert not state.exists()
    assert temporary_folder(state, noexec(system)) == state / "tmp"
    assert (state / "tmp").is_dir()


def test_if_the_state_folder_is_noexec_as_well_it_is_a_problem(system: Path, tmp_path: Path) -> None:
    found = diagnose_temporary(tmp_path / "state", "", lambda _folder: False)
    assert (found.health, "TMPDIR" in found.fix) == (Health.PROBLEM, True)
    assert "snappy" in found.sentence
    assert temporary_folder(tmp_path / "state", lambda _folder: False) is None


def test_a_tmpdir_that_is_not_there_is_a_warning(system: Path, tmp_path: Path) -> None:
    found = diagnose_temporary(tmp_path / "state", "/nowhere/tmp")
    assert (found.health, found.fix) == (Health.WARNING, "mkdir -p /nowhere/tmp")
    assert f"so {system} is used" in found.sentence
    assert diagnose_temporary(tmp_path / "state", str(system)).health is Health.OK


def test_without_any_folder_the_one_below_the_state_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert temporary_folder(tmp_path / "state") == tmp_path / "state" / "tmp"
    assert diagnose_temporary(tmp_path / "state", "").health is Health.OK
