"""Every command that reads a run explains a run of another contract in a sentence, with a next step."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import clickstream
from clickstream.check.landed.newest import newest_rows
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import EVENTS_RAW
from clickstream.contract.definition.description import describe
from clickstream.errors import CouldNotCheck, UsageError
from unit.check.landing import RUN, Landing, land


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (lambda landing: landing.verify(), CouldNotCheck),
        (lambda landing: newest_rows(landing.layout, CLICKS, EVENTS_RAW, 5), CouldNotCheck),
        (lambda landing: clickstream.read("events_raw", landing.layout.output), UsageError),
    ],
)
def test_a_run_of_another_contract_is_explained(
    tmp_path: Path, command: Callable[[Landing], object], error: type[CouldNotCheck | UsageError]
) -> None:
    landing = land(tmp_path)
    without_last_field = replace(CLICKS, event=replace(CLICK, fields=CLICK.fields[:-1]))
    landing.layout.output_terms_path().write_text(RUN.to_json(describe(without_last_field)))
    with pytest.raises(error, match="lacks field revenue") as refused:
        command(landing)
    assert "RUN_ID" in refused.value.next_step
