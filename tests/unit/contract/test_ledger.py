"""A ledger grows by lines, and reads back as what was sent, wherever it was cut off."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.contract.ledger import (
    AcknowledgedSpan,
    LedgerOpening,
    Sent,
    SentFile,
    opening_line,
    read_ledger,
    sent_line,
)

OPENING = LedgerOpening(
    "events", "id", "all", 42, "", "2026-01-01T00:00:00.000+00:00", "here", 7, 1.5, {0: 5, 2: 0}
)
FIRST = Sent(3, 2, 0, {0: AcknowledgedSpan(2, 5, 6)}, {"late": {0: [5]}}, {"future": 1})
LAST = Sent(
    9, 8, 1, {0: AcknowledgedSpan(8, 5, 14)}, {"late": {0: [9], 2: [1]}, "duplicate": {0: [9]}}, {"future": 2}
)


def written(*lines: str) -> bytes:
    return "".join((opening_line(OPENING), *lines)).encode()


WHOLE = written(sent_line(FIRST, closing=False), sent_line(LAST, closing=True))


def plain(sent: Sent) -> Sent:
    faults = {
        fault: {partition: list(offsets) for partition, offsets in places.items()}
        for fault, places in sent.faults.items()
    }
    return replace(sent, faults=faults)


def test_counts_are_those_of_the_last_line_and_faults_those_of_all() -> None:
    ledger = read_ledger(WHOLE)
    assert ledger is not None
    assert (ledger.opening, ledger.closed) == (OPENING, True)
    expected = replace(LAST, faults={"late": {0: [5, 9], 2: [1]}, "duplicate": {0: [9]}})
    assert plain(ledger.sent) == expected


@given(st.integers(0, len(WHOLE)))
def test_a_ledger_cut_anywhere_is_what_its_whole_lines_say(cut: int) -> None:
    lines = WHOLE[:cut].count(b"\n")
    ledger = read_ledger(WHOLE[:cut])
    if lines == 0:
        assert ledger is None
    else:
        assert ledger is not None
        assert ledger.closed == (lines == 3)
        assert ledger.sent.produced == (0, 3, 9)[lines - 1]


@given(
    st.builds(
        Sent,
        produced=st.integers(0),
        acknowledged=st.integers(0),
        failed=st.integers(0),
        partitions=st.dictionaries(
            st.integers(0, 99), st.builds(AcknowledgedSpan, st.integers(0), st.integers(), st.integers())
        ),
        faults=st.dictionaries(
            st.text(st.characters(codec="utf-8")),
            st.dictionaries(st.integers(0, 99), st.lists(st.integers(0, 2**63 - 1))),
        ),
        unplaced=st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0)),
    )
)
def test_whatever_was_sent_reads_back(sent: Sent) -> None:
    ledger = read_ledger(written(sent_line(sent, closing=True)))
    assert ledger is not None
    assert plain(ledger.sent) == sent


FILE = SentFile("/events.ndjson", 12, "a hash", {"--skip": "0", "SEED": "42"}, {0: 3, 2: 1})


@pytest.mark.parametrize("file", [FILE, SentFile("-"), None])
def test_the_file_that_a_producer_reads_reads_back(file: SentFile | None) -> None:
    ledger = read_ledger(opening_line(replace(OPENING, file=file)).encode())
    assert ledger is not None
    assert ledger.opening == replace(OPENING, file=file)


OF_A_FILE = opening_line(replace(OPENING, file=FILE))


@pytest.mark.parametrize(
    "content",
    [
        OF_A_FILE.replace('"size_bytes":12', '"size_bytes":-1').encode(),
        OF_A_FILE.replace('{"0":3,"2":1}', '{"a":3}').encode(),
        OF_A_FILE.replace('{"0":3,"2":1}', "[]").encode(),
        OF_A_FILE.replace('"beginning"', '"start"').encode(),
        OF_A_FILE.replace('{"--skip":"0","SEED":"42"}', "7").encode(),
        b"\n",
        b"{}\n",
        b"[]\n",
        b"\xff\n",
        opening_line(OPENING).replace(":1,", ":99,", 1).encode(),
        sent_line(FIRST, closing=False).encode(),
        written("torn" + sent_line(FIRST, closing=False)),
        written(sent_line(FIRST, closing=True), sent_line(LAST, closing=False)),
        written(sent_line(FIRST, closing=False).replace('"produced":3', '"produced":-3')),
        written(sent_line(FIRST, closing=False).replace('"produced":3', '"produced":true')),
        written(sent_line(FIRST, closing=False).replace("[5]", '["5"]')),
        written(sent_line(FIRST, closing=False).replace("[5]", "[9223372036854775808]")),
        written('{"line":"pause"}\n'),
        opening_line(OPENING).replace('"events"', "null").encode(),
    ],
    ids=range(19),
)
def test_anything_else_is_no_ledger(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_ledger(content)
