"""The pipeline that the engine's tests know, whatever is added to clicks; a Docker that starts nothing."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

import clickstream.clicks
from clickstream.clicks import event, tables
from clickstream.clicks.generate import vocabulary
from clickstream.define import event_table
from fake_docker import FakeDocker

# Before settings are imported, which load the definition. These tests have data for twelve fields and five
# tables; further ones are verified by the demo, the tests in spark, and those of the documents.
KNOWN_FIELDS = 12
event.CLICK = replace(event.CLICK, fields=event.CLICK.fields[:KNOWN_FIELDS])
vocabulary.FURTHER_FIELDS = {}
tables.EVENTS_RAW = event_table(event.CLICK, "events_raw")
tables.TABLES = (  # type: ignore[assignment]
    tables.EVENTS_RAW,
    tables.EVENTS_REJECTED,
    tables.PAGE_METRICS,
    tables.GEO_METRICS,
    tables.SESSIONS,
)
clickstream.clicks.CLICKS = replace(clickstream.clicks.CLICKS, event=event.CLICK, tables=tables.TABLES)


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
