"""A start refuses the first problem of the machine, and tells warnings; nothing is started before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.errors import MachineNotReady
from clickstream.pipeline.start.machine_checks import machine_findings, nearly_full, refuse_machine
from clickstream.runtime.machine.resources import diagnose_folder
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock

FINE = Diagnosis("clock", Health.OK, "Fine.")
LOW = Diagnosis("memory", Health.WARNING, "Little is free.", "free some")
BROKEN = Diagnosis("open files", Health.PROBLEM, "The limit is 256.", "ulimit -n 1024")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"STATE_PATH": tmp_path / "state"}, dotenv=tmp_path / "none")[0]


def refuse(settings: Settings, *found: Diagnosis) -> list[str]:
    said: list[str] = []
    refuse_machine(settings, [], ManualClock(), said.append, lambda *_given: iter(found))
    return said


def test_a_problem_is_refused_in_the_doctors_words(settings: Settings) -> None:
    with pytest.raises(MachineNotReady) as refused:
        refuse(settings, FINE, BROKEN)
    assert (refused.value.sentence, refused.value.next_step) == (BROKEN.sentence, BROKEN.fix)
    assert refused.value.exit_code == 3


def test_a_warning_is_told_and_the_start_goes_on(settings: Settings) -> None:
    assert refuse(settings, FINE, LOW) == ["warning: Little is free. → free some"]


def test_a_disk_that_is_nearly_full_is_told_for_each_folder_on_it(settings: Settings) -> None:
    full = [
        found.sentence
        for found in nearly_full(settings, lambda setting, at: diagnose_folder(setting, at, lambda _at: 1))
    ]
    assert [sentence.split("=")[0] for sentence in full] == ["STATE_PATH", "OUTPUT_PATH", "CHECKPOINT_PATH"]
    assert "0.0 GB are free" in full[0]
    assert (
        list(nearly_full(settings, lambda setting, at: diagnose_folder(setting, at, lambda _at: 2**40))) == []
    )


def test_every_finding_is_looked_at_and_nothing_is_created(settings: Settings) -> None:
    found = {each.subject for each in _findings(settings)}
    assert found == {
        *("paths", "open files", "threads", "address space", "user"),
        *("temporary folder", "loopback", "clock", "memory"),
    }
    assert not settings.paths.state.exists()


def _findings(settings: Settings) -> Iterator[Diagnosis]:
    return machine_findings(settings, ["1g"], ManualClock())


@pytest.mark.parametrize("name", ["OUTPUT_PATH", "CHECKPOINT_PATH", "STATE_PATH", "CACHE_PATH"])
def test_a_colon_in_the_path_of_a_run_is_a_problem_that_names_the_setting(name: str, tmp_path: Path) -> None:
    settings = load({name: tmp_path / "a:b"}, dotenv=tmp_path / "none")[0]
    (found,) = [each for each in _findings(settings) if each.subject == "paths"]
    assert found.health is Health.PROBLEM
    assert found.sentence.startswith(f"{name} is the folder ")
