"""A check leaves its verdict beside the batch records, and every command reads the same one back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clickstream.contract.run.layout import Layout
from clickstream.pipeline.verify.last_verdict import keep_verdict, last_verdict
from clickstream.testing import ManualClock
from unit.check.landing import RUN, land

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
CLOCK = ManualClock(AT)


def test_a_kept_verdict_is_read_back_as_it_was(tmp_path: Path) -> None:
    landing = land(tmp_path)
    verdict = landing.verify()
    keep_verdict(landing.layout, verdict, CLOCK)
    found = last_verdict(landing.layout)
    assert found is not None
    assert (found.verdict, found.checked_at) == (verdict, AT)


def test_a_failed_verdict_keeps_its_findings_and_examples(tmp_path: Path) -> None:
    landing = land(tmp_path)
    landing.files("events_raw")[0].unlink()
    verdict = landing.verify()
    assert verdict.failures
    keep_verdict(landing.layout, verdict, CLOCK)
    found = last_verdict(landing.layout)
    assert found is not None
    assert found.verdict == verdict


def test_it_counts_the_batches_that_landed_since(tmp_path: Path) -> None:
    landing = land(tmp_path)
    keep_verdict(landing.layout, landing.verify(), CLOCK)
    found = last_verdict(landing.layout)
    assert found is not None
    assert found.batches_since({"events": 5, "aggregates": 5}) == 0
    assert found.batches_since({"events": 7, "aggregates": 6}) == 3


def test_late_events_are_counted_by_batch(tmp_path: Path) -> None:
    for table in land(tmp_path).verify().tables:
        if table.late_by_batch is None:
            assert table.late_events_dropped is None
        else:
            assert sum(table.late_by_batch.values()) == table.late_events_dropped


def test_a_verdict_of_another_run_or_a_damaged_one_is_none(tmp_path: Path) -> None:
    landing = land(tmp_path)
    assert last_verdict(landing.layout) is None
    keep_verdict(landing.layout, landing.verify(), CLOCK)
    path = landing.layout.output_terms_path()
    path.write_text(path.read_text().replace(RUN.run_id, replace(RUN, run_id="another").run_id))
    assert last_verdict(landing.layout) is None
    for text in ("", "[]", '{"verdict_version": 1}', "\x00"):
        landing.layout.verdict_path().write_text(text)
        assert last_verdict(landing.layout) is None


def test_output_that_cannot_be_written_does_not_fail_the_check(tmp_path: Path) -> None:
    landing = land(tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    keep_verdict(Layout(file / "output", file / "checkpoints"), landing.verify(), CLOCK)
