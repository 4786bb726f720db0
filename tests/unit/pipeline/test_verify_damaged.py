"""Damaged files are named by a check even if no broker can be asked."""

from pathlib import Path

import pytest

from clickstream.clock import SystemClock
from clickstream.errors import BrokerUnavailable
from clickstream.pipeline.verify.verify import verify_run
from clickstream.settings import load
from unit.check.landing import land


def test_without_a_broker_the_damaged_files_are_named(tmp_path: Path) -> None:
    landing = land(tmp_path)
    landing.layout.checkpoint.mkdir(exist_ok=True)
    places = {"OUTPUT_PATH": tmp_path, "RUN_ID": "output", "STATE_PATH": tmp_path / "state"}
    file = landing.files("sessions")[0]
    file.unlink()
    with pytest.raises(BrokerUnavailable) as refused:
        verify_run(
            load(places, dotenv=Path("none"))[0],
            clock=SystemClock(),
            on_stage=print,
            on_download=lambda _done, _total: None,
        )
    assert any(file.name in line and "is missing" in line for line in refused.value.details)
