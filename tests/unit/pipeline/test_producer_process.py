"""One of several producers: its steps, and its errors, which arrive whole."""

import pickle
from fractions import Fraction

import pytest

from clickstream.errors import ClickstreamError, FolderNotWritable, SettingInvalid
from clickstream.pipeline.produce.producer_process import chunk_in_step


@pytest.mark.parametrize(
    "error",
    [
        FolderNotWritable(
            "The ledger cannot be written.", next_step="Free space.", details=("no space left",)
        ),
        # Its constructor takes other arguments, so that it cannot simply be pickled.
        SettingInvalid("TRAFFIC", "banana", "a shape"),
    ],
)
def test_an_error_arrives_as_it_was_raised(error: ClickstreamError) -> None:
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(arrived) is type(error)
    assert (arrived.sentence, arrived.next_step, arrived.details) == (
        error.sentence,
        error.next_step,
        error.details,
    )


@pytest.mark.parametrize(("rate_per_s", "chunk"), [(1, 500), (100, 500), (400, 2_000), (50_000, 15_000)])
def test_producers_in_step_go_on_by_some_seconds_of_events(rate_per_s: int, chunk: int) -> None:
    assert chunk_in_step(Fraction(rate_per_s), 3) == chunk
