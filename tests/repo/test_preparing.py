"""scripts/prepare, tried on a copy: what is missing ends it with one sentence and exit 3."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repo.project import ROOT

NOT_READY = 3


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project of nothing but the scripts, in a folder whose name has a blank."""
    project = tmp_path / "a project"
    shutil.copytree(ROOT / "scripts", project / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return project


def prepare(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PYTHON": sys.executable, **variables}
    return subprocess.run(
        [project / "scripts" / "prepare", "--tools"],
        cwd="/",
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_python_it_says_which_ones_will_do(copy: Path) -> None:
    answer = prepare(copy, PYTHON="/no/such/python")
    assert answer.returncode == NOT_READY
    assert "PYTHON=/no/such/python is no Python 3.11, 3.12 or 3.13." in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_python_that_cannot_make_environments_is_told_from_one_that_is_not_there(
    copy: Path, tmp_path: Path
) -> None:
    # As on Debian without python3-venv: everything works but `import ensurepip`.
    crippled = tmp_path / "python3"
    crippled.write_text(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    crippled.chmod(0o755)
    answer = prepare(copy, PYTHON=str(crippled))
    assert answer.returncode == NOT_READY
    assert "venv and ensurepip modules are missing" in answer.stderr
    assert "python3-venv" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_an_index_out_of_reach_is_one_sentence_and_the_next_run_goes_on(copy: Path) -> None:
    # Nothing listens on the discard port.
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    answer = prepare(copy, **unreachable)
    assert answer.returncode == NOT_READY
    announced, failed = answer.stderr.splitlines()
    assert announced.startswith("Preparing .tools")
    assert failed.startswith("Not prepared: the package index cannot be reached")
    log = copy / failed.removesuffix(".").rpartition(" ")[2]
    assert "pip install" in log.read_text()

    # With nothing to fetch, the same command now succeeds, and a further one has nothing to say or do.
    (copy / "scripts" / "tools.txt").write_text("# none\n")
    assert prepare(copy, **unreachable).returncode == 0
    made = (copy / ".tools" / "made-from.json").stat().st_mtime_ns
    again = prepare(copy, **unreachable)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (copy / ".tools" / "made-from.json").stat().st_mtime_ns == made
