"""A start refuses the first check that fails and prints cautions; the doctor reports each."""

from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Caution, Check, Diagnosis, Health, first_refusal
from clickstream.errors import MachineNotReady
from clickstream.pipeline.start.start_checks import machine_checks
from clickstream.settings import load


def few() -> str:
    raise MachineNotReady("The limit is 256.", next_step="ulimit -n 1024")


FINE = Check("Java", lambda: "Java 17.")
LOW = Check("memory", lambda: Caution("Little is free.", "free some"))
BROKEN = Check("open files", few)


def test_a_start_refuses_the_first_check_that_fails_and_looks_no_further() -> None:
    looked: list[str] = []
    with pytest.raises(MachineNotReady) as refused:
        first_refusal([FINE, BROKEN, Check("user", lambda: looked.append("user") or "")])
    assert (refused.value.sentence, refused.value.exit_code, looked) == ("The limit is 256.", 3, [])


def test_a_caution_is_printed_and_the_start_goes_on() -> None:
    said: list[str] = []
    first_refusal([FINE, LOW], said.append)
    assert said == ["warning: Little is free. → free some"]


def test_the_doctor_reports_each_check() -> None:
    assert [check.diagnosis() for check in (FINE, LOW, BROKEN)] == [
        Diagnosis("Java", Health.OK, "Java 17."),
        Diagnosis("memory", Health.WARNING, "Little is free.", "free some"),
        Diagnosis("open files", Health.PROBLEM, "The limit is 256.", "ulimit -n 1024"),
    ]


def test_everything_of_the_machine_is_looked_at_and_nothing_is_created(tmp_path: Path) -> None:
    settings = load({"STATE_PATH": tmp_path / "state"}, dotenv=tmp_path / "none")[0]
    found = {check.diagnosis().subject for check in machine_checks(settings, ["1g"])}
    assert found == {"paths", "open files", "threads", "user", "temporary folder", "memory", "disk"}
    assert not settings.paths.state.exists()


@pytest.mark.parametrize("name", ["OUTPUT_PATH", "CHECKPOINT_PATH", "STATE_PATH", "CACHE_PATH"])
def test_a_colon_in_the_path_of_a_run_is_refused_with_the_setting(name: str, tmp_path: Path) -> None:
    settings = load({name: tmp_path / "a:b"}, dotenv=tmp_path / "none")[0]
    with pytest.raises(MachineNotReady, match=f"^{name}: the path .* has a colon"):
        first_refusal(machine_checks(settings, []))
