"""Limits of the shell: too small ones are problems with both values, and the soft one is raised before."""

import os
import resource
import subprocess
import sys

import pytest

from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.runtime.machine.process_limits import (
    diagnose_limits,
    open_files_needed,
)

WITHOUT = resource.RLIM_INFINITY


def found(**limits: int) -> dict[str, Diagnosis]:
    given = {resource.RLIMIT_NOFILE: "files", resource.RLIMIT_NPROC: "threads", resource.RLIMIT_AS: "space"}

    def limit(which: int) -> tuple[int, int]:
        value = limits.get(given[which], WITHOUT)
        return value, value

    return {each.subject: each for each in diagnose_limits(3, limit)}


def test_no_limits_are_fine() -> None:
    assert {each.health for each in found().values()} == {Health.OK}


def test_too_few_open_files_are_a_problem_with_both_values_and_a_command() -> None:
    low = found(files=256)["open files"]
    needed = open_files_needed(3)
    assert low.health is Health.PROBLEM
    assert low.sentence == f"The limit of open files is 256; {needed:,} are needed."
    assert low.fix.startswith(f"ulimit -n {needed}")
    assert found(files=needed)["open files"].health is Health.OK


def test_more_partitions_need_more_open_files() -> None:
    assert open_files_needed(1_000) > 2 * open_files_needed(3)


def test_too_little_address_space_is_a_problem() -> None:
    low = found(space=2**30)["address space"]
    assert (low.health, "1.0 GB" in low.sentence) == (Health.PROBLEM, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser has no limit of threads")
def test_too_few_threads_are_a_problem() -> None:
    assert found(threads=100)["threads"].health is Health.PROBLEM


@pytest.mark.parametrize(
    ("soft", "hard", "ends_at"), [(256, 4_096, 4_096), (256, 512, 512), (2_000, 4_096, 2_000)]
)
def test_a_soft_limit_is_raised_as_far_as_needed_and_allowed(soft: int, hard: int, ends_at: int) -> None:
    command = (
        "import resource as r\n"
        f"r.setrlimit(r.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "from clickstream.runtime.machine.process_limits import raise_open_files\n"
        "raise_open_files(3)\n"
        "print(r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    ended = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == [str(ends_at)]
