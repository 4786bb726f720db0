"""One of several producers: it goes as far as it may, stops when told to, and its errors arrive whole."""

import pickle
from fractions import Fraction
from multiprocessing import Pipe

import pytest

from clickstream.errors import ClickstreamError, FolderNotWritable, SettingInvalid
from clickstream.pipeline.produce.producer_process import Control, chunk_in_step


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


def test_a_producer_waits_until_it_may_go_on() -> None:
    hears, says = Pipe()
    control = Control(100, hears)
    control.wait_for(100)
    says.send(250)
    control.wait_for(250)
    assert not control.stop_requested()


def test_a_producer_that_is_told_to_stop_waits_for_nothing() -> None:
    hears, says = Pipe()
    control = Control(100, hears)
    says.send(None)
    control.wait_for(1_000)
    assert control.stop_requested()


def test_a_producer_whose_parent_is_gone_stops() -> None:
    hears, says = Pipe()
    control = Control(100, hears)
    says.close()
    control.wait_for(1_000)
    assert control.stop_requested()


@pytest.mark.parametrize(("rate_per_s", "chunk"), [(1, 500), (100, 500), (400, 2_000), (50_000, 15_000)])
def test_producers_in_step_go_on_by_some_seconds_of_events(rate_per_s: int, chunk: int) -> None:
    assert chunk_in_step(Fraction(rate_per_s), 3) == chunk
