"""A step that fails prints the story so far, what was found instead, and how to repeat it."""

import pytest

from clickstream.errors import BrokerUnavailable
from clickstream.testing import StoryFailed
from clickstream.testing.steps import Origin, Steps, Unexpected, sending
from clickstream.testing.topics import encoded


def raising(error):
    def action():
        raise error

    return action


@pytest.fixture
def steps():
    return Steps(Origin("python -m pytest test_a.py::test_b --clickstream-seed=7", 7))


def test_the_failing_step_is_marked_and_the_seed_and_the_command_follow(steps):
    steps.step(sending([{"n": 1}], 0, None), lambda: None)
    steps.step("run", lambda: steps.add("1 batch"))
    with pytest.raises(StoryFailed) as failed:
        steps.step("expect 1 new row of t", raising(Unexpected("1 missing", "", "  expected | found")))
    assert str(failed.value).splitlines() == [
        "step 3 of the story failed",
        "",
        "   1  send 1 event",
        "      {'n': 1}",
        "   2  run",
        "      1 batch",
        ">  3  expect 1 new row of t",
        "",
        "1 missing",
        "",
        "  expected | found",
        "",
        "seed 7; repeat it with:",
        "  python -m pytest test_a.py::test_b --clickstream-seed=7",
    ]


def test_an_error_of_the_kit_fails_the_step_with_its_next_step(steps):
    with pytest.raises(StoryFailed) as failed:
        steps.step("run", raising(BrokerUnavailable("No answer.", next_step="Start it.", details=("log",))))
    assert str(failed.value).splitlines()[4:7] == ["No answer.", "Start it.", "log"]


def test_another_error_passes_as_it_is(steps):
    with pytest.raises(ZeroDivisionError):
        steps.step("run", lambda: 1 / 0)


def test_many_and_long_events_are_cut():
    lines = sending([{"text": "x" * 400}] * 7, 2, "2026-03-01").splitlines()
    assert lines[0] == "send 7 events to partition 2, timestamp 2026-03-01"
    assert len(lines[1]) == 300
    assert lines[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, b'{"a": 1}'),
        ([], b"[]"),
        ([1, "x"], b'[1, "x"]'),
        (7, b"7"),
        ("{", b"{"),
        (b"\xff", b"\xff"),
        (None, None),
    ],
)
def test_a_value_is_sent_as_json_and_a_message_as_it_is(value, message):
    assert encoded(value) == message
