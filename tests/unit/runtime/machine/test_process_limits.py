"""Limits of the shell: too small ones are refused with both values, and the soft one is raised before."""

import os
import resource
import subprocess
import sys

import pytest

from clickstream.errors import MachineNotReady
from clickstream.runtime.machine.process_limits import (
    enough_open_files,
    enough_threads,
    open_files_needed,
    user_with_a_name,
)


def limit_of(value: int):
    return lambda _which: (value, value)


def test_no_limits_are_fine() -> None:
    assert enough_open_files(3, limit_of(resource.RLIM_INFINITY))
    assert enough_threads(limit_of(resource.RLIM_INFINITY))


def test_too_few_open_files_are_refused_with_both_values_and_a_command() -> None:
    needed = open_files_needed(3)
    with pytest.raises(MachineNotReady) as refused:
        enough_open_files(3, limit_of(256))
    assert refused.value.sentence == f"The limit of open files is 256; {needed:,} are needed."
    assert refused.value.next_step.startswith(f"ulimit -n {needed}")
    assert enough_open_files(3, limit_of(needed))


def test_more_partitions_need_more_open_files() -> None:
    assert open_files_needed(1_000) > 2 * open_files_needed(3)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser has no limit of threads")
def test_too_few_threads_are_refused() -> None:
    with pytest.raises(MachineNotReady, match="The limit of threads is 100"):
        enough_threads(limit_of(100))


def test_a_user_without_a_name_is_refused_with_a_command() -> None:
    assert user_with_a_name(0)
    with pytest.raises(MachineNotReady) as refused:
        user_with_a_name(4_000_000)
    assert "4000000" in refused.value.next_step


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
