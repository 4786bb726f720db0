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
    """A project of nothing but the scripts, in a folder whose name has a blank and other characters."""
    project = tmp_path / "a [project] #ü"
    shutil.copytree(ROOT / "scripts", project / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return project


def prepare(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    hostile = {"LC_ALL": "C", "CDPATH": "/", "PYTHONPATH": "/nowhere"}
    surroundings = {**os.environ, **hostile, "PYTHON": sys.executable, **variables}
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
    assert "PYTHON=/no/such/python is not a Python 3.11, 3.12 or 3.13." in answer.stderr
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


@pytest.mark.parametrize("name", ["a:b", 'a"b', "a$b", "a`b", "a\\b", "a!"])
def test_a_folder_that_path_or_java_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    project = tmp_path / name
    shutil.copytree(ROOT / "scripts", project / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    answer = prepare(project)
    assert answer.returncode == NOT_READY
    assert answer.stderr.startswith("Not prepared: ")
    assert answer.stderr.endswith("Move the project to another folder.\n")
    assert not (project / ".tools").exists()


@pytest.fixture
def preparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test import the modules of scripts/preparing."""
    monkeypatch.syspath_prepend(ROOT / "scripts" / "preparing")


@pytest.mark.usefixtures("preparing")
def test_pip_is_told_where_packages_come_from_and_never_where_they_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import surroundings

    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_PYTHON", "PYTHONPATH", "POETRY_CACHE_DIR"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.com/simple")
    monkeypatch.setenv("LC_ALL", "C")
    tool = surroundings.surroundings(VIRTUAL_ENV="/venv")
    assert "/nowhere" not in tool.values()
    assert tool["PIP_INDEX_URL"] == "https://mirror.example.com/simple"
    assert tool["VIRTUAL_ENV"] == "/venv"
    assert tool["LC_ALL"] != "C"


@pytest.mark.usefixtures("preparing")
def test_pip_installs_into_the_environment_whatever_pip_conf_says(tmp_path: Path) -> None:
    import installing

    options = installing.install_into(tmp_path)
    assert options == ("install", "--target=", "--no-user", "--root=/", f"--prefix={tmp_path}")


@pytest.mark.usefixtures("preparing")
def test_the_environment_finds_the_sources_by_a_path_without_letters_of_its_own(tmp_path: Path) -> None:
    import installing
    from environments import Environment

    environment = Environment(tmp_path / "é", "main", frozenset(), "editable")
    site = environment.directory / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    pointer = site / "clickstream_devkit.pth"
    pointer.write_text("/absolute/é/src\n")
    installing.point_at_sources(environment)
    assert (site / pointer.read_text(encoding="ascii").strip()).resolve() == (ROOT / "src").resolve()
