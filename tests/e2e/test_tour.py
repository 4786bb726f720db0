"""docs/tour.md works as it is written: every command, in order, in one shell, and what to see after it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.md"
STEP = re.compile(r"^```sh\n(.*?)^```\n\nSee: ([^\n]*)$", re.MULTILINE | re.DOTALL)
LATE_DROPPED = re.compile(r"^(page_metrics|geo_metrics) +(?:[\d,]+ +){3}([\d,]+) +0$", re.MULTILINE)
COUNTED = re.compile(r"late, counted [1-9]")
DEADLINE_S = 900


@pytest.mark.thorough
def test_every_step_of_the_tour_shows_what_it_says(kit, tmp_path):
    steps = [(commands, re.findall(r"`([^`]+)`", seen)) for commands, seen in STEP.findall(TOUR.read_text())]
    assert len(steps) == TOUR.read_text().count("\n```sh\n")
    script = "".join(
        f"{{ {commands}}} > {shlex.quote(str(tmp_path / str(number)))} 2>&1 || exit 1{number}\n"
        for number, (commands, _) in enumerate(steps)
    )
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "clickstream"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m clickstream "$@"\n')
    program.chmod(0o755)
    environment = {**kit.environment(), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(
        ["/bin/sh", "-c", script], cwd=kit.folder, env=environment, timeout=DEADLINE_S, check=False
    )
    printed = [
        (tmp_path / str(number)).read_text()
        for number in range(len(steps))
        if (tmp_path / str(number)).exists()
    ]
    assert ended.returncode == 0, printed[-1]
    for (commands, seen), output in zip(steps, printed, strict=True):
        assert "Traceback" not in output
        assert [words for words in seen if words not in output] == [], f"{commands}\n{output}"
    dropped = {table: int(count.replace(",", "")) for table, count in LATE_DROPPED.findall(printed[5])}
    assert 0 <= dropped["geo_metrics"] < dropped["page_metrics"], "a longer window drops fewer events"
    assert COUNTED.search(printed[6])
