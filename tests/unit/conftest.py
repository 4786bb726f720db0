"""The pipeline that the engine's tests know, whatever is added to clicks; a Docker that starts nothing."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

import clickstream.clicks
from clickstream.clicks import tables
from fake_docker import FakeDocker

# Before settings are imported, which load the definition. These tests have data for five tables; a table or a
# window more is a matter of the demo, of the tests in spark and of the documents.
tables.TABLES = (  # type: ignore[assignment]
    tables.EVENTS_RAW,
    tables.EVENTS_REJECTED,
    tables.PAGE_METRICS,
    tables.GEO_METRICS,
    tables.SESSIONS,
)
clickstream.clicks.CLICKS = replace(clickstream.clicks.CLICKS, tables=tables.TABLES)


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
