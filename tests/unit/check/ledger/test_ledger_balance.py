"""What was sent, by its ledgers, against the topic and what landed of it."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.check.findings import Code, Finding, Severity, Verdict
from clickstream.check.ledger_verdict import LedgerVerdict
from clickstream.clicks import CLICKS
from clickstream.contract.definition.description import describe
from clickstream.contract.ledger import (
    AcknowledgedSpan,
    LedgerOpening,
    Sent,
    SentFile,
    opening_line,
    sent_line,
)
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.layout import Layout
from unit.check.landing import RUN, STORY, Landing, land

OPENING = LedgerOpening("events", "", "all", 42, "", "2026-01-01T00:00:00.000+00:00", "here", 7, 1.5)

# STORY lands 12 records, 7 and 5 in two partitions. By (partition, offset): rejected are (1, 1), (0, 3) and
# (1, 4); (0, 5), which happened at 3 s, is late for page_metrics and for sessions.
REJECTED = {0: [3], 1: [1, 4]}
RANGES: Mapping[int, OffsetRange] = {0: (0, 7), 1: (0, 5)}
WHOLE = Sent(
    produced=12,
    acknowledged=12,
    partitions={0: AcknowledgedSpan(7, 0, 6), 1: AcknowledgedSpan(5, 0, 4)},
    faults={"malformed:truncated": REJECTED, "late": {0: [5]}},
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return land(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def landing(sound: Landing, tmp_path: Path) -> Landing:
    shutil.copytree(sound.layout.output.parent, tmp_path, dirs_exist_ok=True)
    return replace(sound, layout=Layout(tmp_path / "output", tmp_path / "checkpoints"))


def keep(
    landing: Landing, sent: Sent = WHOLE, *, closed: bool = True, name: str = "one", **opening: object
) -> None:
    """Leave a ledger of what was sent."""
    folder = landing.layout.sent_dir()
    folder.mkdir(exist_ok=True)
    lines = opening_line(replace(OPENING, **opening)) + sent_line(sent, closing=closed)  # type: ignore[arg-type]
    (folder / f"{name}.jsonl").write_text(lines)


def checked(
    landing: Landing, ranges: Mapping[int, OffsetRange] = RANGES, *, running: bool = False
) -> Verdict:
    return landing.verify(ranges, still_runs=lambda opening, ledger: running)


def ledger_of(verdict: Verdict) -> LedgerVerdict:
    assert verdict.ledger is not None
    return verdict.ledger


def unaccounted(verdict: Verdict) -> tuple[int, int, int]:
    """Records in the topic; without a ledger, those of running producers and those of others."""
    found = ledger_of(verdict)
    return found.in_topic, found.from_running, found.from_others


def only(verdict: Verdict, code: Code) -> Finding:
    (finding,) = verdict.findings
    assert finding.code is code
    return finding


def accounts(verdict: Verdict) -> dict[str, tuple[int, ...]]:
    return {
        account.fault: (
            account.acknowledged,
            account.landed,
            account.rejected,
            account.not_read,
        )
        for account in ledger_of(verdict).faults
    }


def test_without_a_ledger_there_is_nothing_to_balance(landing):
    verdict = checked(landing)
    assert (verdict.ledger, verdict.findings) == (None, ())


def test_sent_is_acknowledged_is_in_the_topic_is_landed_and_rejected(landing):
    keep(landing)
    verdict = checked(landing)
    assert verdict.findings == ()
    assert replace(ledger_of(verdict), faults=()) == LedgerVerdict(
        producers=1,
        closed=1,
        running=0,
        produced=12,
        acknowledged=12,
        failed=0,
        in_topic=12,
        from_running=0,
        from_others=0,
        committed=12,
        landed=9,
        rejected=3,
        faults=(),
    )


def test_every_fault_has_its_account_and_lates_those_that_were_dropped(landing):
    keep(landing)
    verdict = checked(landing)
    assert accounts(verdict) == {"late": (1, 1, 0, 0), "malformed:truncated": (3, 0, 3, 0)}
    late = ledger_of(verdict).faults[0]
    assert late.late_dropped == {"page_metrics": 1, "geo_metrics": 0, "sessions": 1}


def test_two_producers_and_a_second_run_add_up(landing):
    keep(landing, Sent(7, 7, 0, {0: AcknowledgedSpan(7, 0, 6)}, {"malformed:x": {0: [3]}}), name="a")
    keep(landing, Sent(5, 5, 0, {1: AcknowledgedSpan(5, 0, 4)}, {"malformed:x": {1: [1, 4]}}), name="b")
    verdict = checked(landing)
    assert verdict.findings == ()
    assert (ledger_of(verdict).producers, ledger_of(verdict).acknowledged) == (2, 12)


def test_records_without_a_ledger_are_from_another_producer_and_no_failure(landing):
    keep(landing, Sent(7, 7, 0, {0: AcknowledgedSpan(7, 0, 6)}))
    verdict = checked(landing)
    assert verdict.findings == ()
    assert unaccounted(verdict) == (12, 0, 5)


def test_records_since_the_last_line_of_a_running_producer_are_from_it(landing):
    # Its last line: offset 4 of partition 0. Read since: offsets 5 and 6; not read yet: offsets 7 and 8.
    keep(landing, Sent(5, 5, 0, {0: AcknowledgedSpan(5, 0, 4)}), closed=False, topic_ends={0: 0, 1: 5})
    verdict = checked(landing, {0: (0, 9), 1: (0, 5)}, running=True)
    # Those of partition 1 were in the topic before it began.
    assert unaccounted(verdict) == (14, 4, 5)
    # The producer is gone: nobody knows whose they are.
    assert unaccounted(checked(landing, {0: (0, 9), 1: (0, 5)})) == (14, 0, 9)


def test_a_running_producer_is_not_charged_with_records_before_its_last_line(landing):
    keep(landing, Sent(4, 4, 0, {0: AcknowledgedSpan(4, 1, 6)}), closed=False, topic_ends={0: 0, 1: 0})
    keep(landing, Sent(2, 2, 0, {1: AcknowledgedSpan(2, 0, 1)}), name="two")
    # Three of partition 0 are before offset 6, its last; the three of partition 1 came since it began.
    assert unaccounted(checked(landing, running=True)) == (12, 3, 3)


def test_a_producer_that_has_written_nothing_but_its_opening_has_what_came_since(landing):
    keep(landing, Sent(), closed=False, topic_ends={0: 4, 1: 5})
    assert unaccounted(checked(landing, running=True)) == (12, 3, 9)


def test_of_several_running_producers_the_one_furthest_behind_counts(landing):
    keep(landing, Sent(3, 3, 0, {0: AcknowledgedSpan(3, 0, 5)}), closed=False, topic_ends={1: 5})
    keep(landing, Sent(2, 2, 0, {0: AcknowledgedSpan(2, 1, 3)}), closed=False, topic_ends={1: 5}, name="two")
    assert unaccounted(checked(landing, running=True)) == (12, 2, 5)


@pytest.mark.parametrize(
    "other", [{"topic": "others"}, {"topic_id": "of the topic before"}], ids=["topic", "topic id"]
)
def test_a_ledger_of_another_topic_is_passed_over(landing, other):
    for path in (landing.layout.output_terms_path(), landing.layout.checkpoint_terms_path()):
        path.write_text(replace(RUN, topic_id="of this topic").to_json(describe(CLICKS)))
    keep(landing, **other)
    assert checked(landing).ledger is None


def test_an_acknowledged_record_that_is_not_in_the_topic_is_found(landing):
    for partitions in (
        {0: AcknowledgedSpan(8, 0, 6)},
        {0: AcknowledgedSpan(1, 7, 7)},
        {2: AcknowledgedSpan(1)},
    ):
        keep(landing, replace(WHOLE, acknowledged=13, produced=13, partitions=partitions))
        verdict = checked(landing)
        assert not verdict.passed
        assert f"partition {next(iter(partitions))}" in only(verdict, Code.SENT_NOT_IN_TOPIC).sentence


def test_a_fault_at_an_offset_that_the_topic_does_not_have_is_found(landing):
    keep(landing, replace(WHOLE, faults={**WHOLE.faults, "late": {1: [5]}}))
    verdict = checked(landing)
    assert "offset 5" in only(verdict, Code.SENT_NOT_IN_TOPIC).sentence
    assert accounts(verdict)["late"] == (1, 0, 0, 1)


def test_a_malformed_record_that_landed_as_an_event_is_found(landing):
    keep(landing, replace(WHOLE, faults={"malformed:x": {**REJECTED, 0: [3, 4]}}))
    verdict = checked(landing)
    assert not verdict.passed
    assert only(verdict, Code.FAULT_MISPLACED).details == ("malformed:x: partition 0, offset 4",)


@pytest.mark.parametrize("fault", ["late", "duplicate", "future", "missing_field", "out_of_order"])
def test_a_record_with_a_harmless_fault_that_was_rejected_is_found(landing, fault):
    keep(landing, replace(WHOLE, faults={"malformed:x": {0: [3], 1: [1]}, fault: {1: [4]}}))
    finding = only(checked(landing), Code.FAULT_MISPLACED)
    assert finding.details == (f"{fault}: partition 1, offset 4, rejected as not_utf8",)


def test_a_record_with_two_faults_is_rejected_for_the_malformed_one(landing):
    keep(landing, replace(WHOLE, faults={"malformed:x": REJECTED, "late": {1: [4]}}))
    assert checked(landing).findings == ()


def test_a_rejected_record_that_was_sent_without_a_fault_is_found(landing):
    keep(landing, replace(WHOLE, faults={"malformed:x": {0: [3], 1: [1]}}))
    finding = only(checked(landing), Code.FAULT_MISPLACED)
    assert finding.details == ("no fault: partition 1, offset 4, rejected as not_utf8",)


def test_a_file_may_have_messages_that_are_not_events(landing):
    without_one = replace(WHOLE, faults={"malformed:x": {0: [3], 1: [1]}})
    keep(landing, without_one, file=SentFile("/events.ndjson", 12, "hash", {"SEED": "42"}, {0: 3}))
    assert checked(landing).findings == ()


def test_where_somebody_else_sends_too_rejected_records_may_be_theirs(landing):
    keep(landing, Sent(1, 1, 0, {0: AcknowledgedSpan(1, 0, 0)}))
    assert checked(landing).findings == ()


def test_a_killed_producer_is_told_and_what_it_wrote_is_balanced(landing):
    keep(landing, Sent(9, 8, 0, {0: AcknowledgedSpan(4, 0, 3)}, {"malformed:x": {0: [1]}}), closed=False)
    verdict = checked(landing)
    codes = {finding.code: finding.severity for finding in verdict.findings}
    assert codes == {Code.LEDGER_OPEN: Severity.WARNING, Code.FAULT_MISPLACED: Severity.FAILURE}
    assert (ledger_of(verdict).closed, ledger_of(verdict).running) == (0, 0)


def test_a_producer_that_still_sends_is_no_finding(landing):
    keep(landing, Sent(9, 8), closed=False)
    verdict = checked(landing, running=True)
    assert (verdict.findings, ledger_of(verdict).running) == ((), 1)


def test_records_that_the_job_has_not_read_yet_are_in_no_account_of_landed(landing):
    keep(landing, replace(WHOLE, faults={"late": {0: [8]}}), closed=False)
    verdict = checked(landing, {0: (0, 9), 1: (0, 5)}, running=True)
    assert verdict.findings == ()
    assert accounts(verdict)["late"] == (1, 0, 0, 1)


def test_faults_without_a_place_are_counted_and_blamed_on_nobody(landing):
    keep(landing, replace(WHOLE, faults={}, unplaced={"malformed:x": 3}))
    verdict = checked(landing)
    assert verdict.findings == ()
    assert accounts(verdict) == {"malformed:x": (3, 0, 0, 3)}


def test_without_acks_nothing_is_demanded_of_the_topic(landing):
    keep(landing, Sent(99, 99, 0, {0: AcknowledgedSpan(99)}), acks="0")
    assert checked(landing).findings == ()


def test_a_ledger_that_cannot_be_read_is_a_failure_and_named(landing):
    keep(landing)
    (landing.layout.sent_dir() / "two.jsonl").write_text("what?\n")
    assert only(checked(landing), Code.LEDGER_UNREADABLE).file == "_sent/two.jsonl"


def test_a_row_that_did_not_land_unbalances_the_account(landing):
    keep(landing)
    path = landing.files("events_raw")[0]
    path.unlink()
    codes = [finding.code for finding in checked(landing).failures]
    assert codes[:2] == [Code.FILE_MISSING, Code.LANDED_UNBALANCED]
    assert codes[2:] == [Code.RECORD_COUNT, Code.ROWS_DIFFER]


def test_the_story_is_as_these_tests_take_it():
    assert sum(map(len, STORY)) == 12
