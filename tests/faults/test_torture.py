"""Fault after fault on one run, and after each of them every landed row is right.

    tox -e faults                                    six kinds, chosen by the date
    tox -e faults-thorough                           every kind once
    tox -e faults-long                               three hundred rounds
    tox -e faults -- --rounds 50 --fault-seed 7      others, in another order

A failure names the round and the command that repeats it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.torture.rounds import FAULTS, schedule
from faults.conftest import Schedule


@pytest.mark.timeout(0)  # as long as the number of rounds asks for
@pytest.mark.parametrize("half", ["first", "second"])
def test_after_every_fault_the_landed_rows_are_those_of_an_undisturbed_run(
    half: str, tmp_path: Path, chosen: Schedule
) -> None:
    """Each half of the rounds has a run of its own, so that both can run side by side."""
    rounds, seed = chosen.rounds, chosen.seed
    first, last = (1, rounds - rounds // 2) if half == "first" else (rounds - rounds // 2 + 1, rounds)
    if first > last:
        pytest.skip("one round has no second half; --rounds 2 or more has one")
    which = ["--seed", str(seed), "--from", str(first), "--rounds", str(last)]
    ended = subprocess.run(
        [sys.executable, "-m", "clickstream", "torture", *which, "--folder", "torture"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    print(ended.stdout)  # noqa: T201 - shown with a failure: the faults before it
    assert ended.returncode == 0, f"fault seed {seed}\n{ended.stderr}"
    assert f"PASS: {last - first + 1} fault" in ended.stdout
    shutil.rmtree(tmp_path / "torture")


def test_every_kind_comes_once_before_any_comes_twice_and_a_seed_decides_the_order() -> None:
    assert len(FAULTS) >= 30
    assert {fault.name for fault in schedule(1, len(FAULTS))} == {fault.name for fault in FAULTS}
    assert schedule(1, 100) == schedule(1, 100)
    assert schedule(1, 100) != schedule(2, 100)
    # A shorter run is the beginning of a longer one: what failed in its last round does so again.
    assert schedule(5, 7) == schedule(5, 70)[:7]
