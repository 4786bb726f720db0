"""Every command that reads a run explains a run of another contract in a sentence, with a next step."""

from collections.abc import Callable
from pathlib import Path

import pytest

import clickstream
from clickstream.check.newest import newest_rows
from clickstream.contract.description import describe
from clickstream.contract.event import EVENT_FIELDS
from clickstream.contract.tables import EVENTS_RAW
from clickstream.errors import CouldNotCheck, UsageError
from unit.check.landing import RUN, Landing, land


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (lambda landing: landing.verify(), CouldNotCheck),
        (lambda landing: newest_rows(landing.layout, EVENTS_RAW, 5), CouldNotCheck),
        (lambda landing: clickstream.read("events_raw", landing.layout.output), UsageError),
    ],
)
def test_a_run_of_another_contract_is_explained(
    tmp_path: Path, command: Callable[[Landing], object], error: type[CouldNotCheck | UsageError]
) -> None:
    landing = land(tmp_path)
    landing.layout.output_terms_path().write_text(RUN.to_json(describe(fields=EVENT_FIELDS[:-1])))
    with pytest.raises(error, match="lacks field revenue") as refused:
        command(landing)
    assert "RUN_ID" in refused.value.next_step
