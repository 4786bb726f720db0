"""A Docker that starts nothing, for the rooms that ask for one."""

import os
from pathlib import Path

import pytest

from fake_docker import FakeDocker


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDocker:
    """The program, first on PATH; by default its engine answers."""
    fake = FakeDocker(tmp_path / "docker-bin")
    monkeypatch.setenv("PATH", f"{fake.folder}{os.pathsep}{os.environ['PATH']}")
    return fake


@pytest.fixture
def no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH that has nothing on it."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
