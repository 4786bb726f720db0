"""A run's terms: written once, and held to ever after."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.contract.definition.description import describe
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import CheckpointMismatch, FolderNotWritable
from clickstream.sinks.durable import write_atomically
from clickstream.sinks.start.run_lock import held
from clickstream.sinks.start.run_terms import begun_run, claim
from clickstream.testing import ManualClock
from spark_checkpoint import committed, landed, logged

TERMS = RunTerms(
    run_id="first",
    topic="events",
    topic_id="id-1",
    starting_offsets="earliest",
    windows_ms={"page_metrics": 60_000, "geo_metrics": 60_000, "sessions": 60_000},
    watermark_delay_ms=30_000,
    shuffle_partitions=2,
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def test_the_first_start_writes_its_terms_beside_output_and_checkpoint(layout: Layout) -> None:
    assert claim(layout, TERMS, CLICKS) == TERMS
    for path in (layout.output_terms_path(), layout.checkpoint_terms_path()):
        assert RunTerms.from_json(path.read_text(), describe(CLICKS)) == TERMS


def test_a_later_start_goes_on_with_the_run_that_began_here(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    assert claim(layout, replace(TERMS, run_id="second"), CLICKS).run_id == "first"


def test_a_crash_between_the_two_writes_is_made_good(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    layout.checkpoint_terms_path().unlink()
    assert claim(layout, replace(TERMS, run_id="second"), CLICKS).run_id == "first"
    assert RunTerms.from_json(layout.checkpoint_terms_path().read_text(), describe(CLICKS)).run_id == "first"


def window(table: str, length_ms: int) -> dict[str, object]:
    return {"windows_ms": {**TERMS.windows_ms, table: length_ms}}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (
            window("page_metrics", 30_000),
            ("PAGE_WINDOW", "30 seconds", "1 minute"),
        ),
        (
            window("geo_metrics", 1_500),
            ("GEO_WINDOW", "1500 milliseconds", "1 minute"),
        ),
        (
            window("sessions", 1_800_000),
            ("SESSION_WINDOW", "30 minutes", "1 minute"),
        ),
        ({"watermark_delay_ms": 0}, ("WATERMARK_DELAY", "0 milliseconds", "30 seconds")),
        ({"topic": "clicks"}, ("KAFKA_TOPIC", "clicks", "events")),
        ({"starting_offsets": "latest"}, ("KAFKA_STARTING_OFFSETS", "latest", "earliest")),
        ({"future_tolerance_ms": 1_000}, ("FUTURE_TOLERANCE", "1 second", "0 milliseconds")),
        ({"shuffle_partitions": 4}, ("SPARK_SQL_SHUFFLE_PARTITIONS", "4", "2")),
    ],
)
def test_another_setting_is_refused_with_its_name_both_values_and_the_ways_out(
    layout: Layout, changed: dict[str, object], named: tuple[str, ...]
) -> None:
    claim(layout, TERMS, CLICKS)
    with pytest.raises(CheckpointMismatch) as refusal:
        claim(layout, replace(TERMS, **changed), CLICKS)  # type: ignore[arg-type]
    for words in named:
        assert words in refusal.value.sentence
    assert f"Set {named[0]} to {named[2]} again" in refusal.value.next_step
    assert f"in a new run: `{named[0]}={shlex.quote(named[1])} " in refusal.value.next_step
    assert "output-replay" in refusal.value.next_step


def test_a_topic_created_again_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    with pytest.raises(CheckpointMismatch, match="deleted and created again"):
        claim(layout, replace(TERMS, topic_id="id-2"), CLICKS)


def test_a_broker_that_cannot_tell_topics_apart_is_no_reason_to_refuse(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    assert claim(layout, replace(TERMS, topic_id=""), CLICKS) == TERMS


@pytest.mark.parametrize("where", ["output_terms_path", "checkpoint_terms_path"])
def test_a_run_of_another_contract_is_refused_with_the_difference(layout: Layout, where: str) -> None:
    claim(layout, TERMS, CLICKS)
    without_last_field = replace(CLICKS, event=replace(CLICK, fields=CLICK.fields[:-1]))
    other = describe(without_last_field)
    getattr(layout, where)().write_text(TERMS.to_json(other))
    with pytest.raises(CheckpointMismatch, match="lacks field revenue"):
        claim(layout, TERMS, CLICKS)


def test_a_checkpoint_without_its_output_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    layout.output_terms_path().unlink()
    with pytest.raises(CheckpointMismatch, match="no output of its run"):
        claim(layout, TERMS, CLICKS)


def test_an_output_without_its_checkpoint_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    layout.checkpoint_terms_path().unlink()
    with pytest.raises(CheckpointMismatch, match=r"the checkpoint .* is gone"):
        claim(layout, TERMS, CLICKS)


def test_an_output_and_a_checkpoint_of_two_runs_are_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    write_atomically(layout.checkpoint_terms_path(), replace(TERMS, run_id="other").to_json(describe(CLICKS)))
    with pytest.raises(CheckpointMismatch, match="of run other"):
        claim(layout, TERMS, CLICKS)


def test_a_foreign_checkpoint_or_output_without_terms_is_refused(layout: Layout) -> None:
    committed(layout, "aggregates", 0)
    with pytest.raises(CheckpointMismatch, match="does not name its run"):
        claim(layout, TERMS, CLICKS)
    other = Layout(output=layout.output, checkpoint=layout.checkpoint / "empty")
    landed(other, "aggregates", 0)
    with pytest.raises(CheckpointMismatch, match="does not name its run"):
        claim(other, TERMS, CLICKS)


def test_what_a_crash_leaves_is_no_reason_to_refuse(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    committed(layout, "aggregates", 0)
    logged(layout, "aggregates", 1)
    landed(layout, "aggregates", 1)  # landed, not yet committed
    logged(layout, "events", 0)  # logged, not landed
    checkpoint = layout.query_checkpoint("aggregates")
    for stray in ("offsets/.2.0b5c.tmp", "commits/.1.crc", "commits/.1.77aa.tmp", "state/0/0/.2.delta.tmp"):
        (checkpoint / stray).write_bytes(b"")
    assert claim(layout, TERMS, CLICKS) == TERMS


def test_a_committed_batch_without_its_record_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    committed(layout, "aggregates", 0)
    committed(layout, "aggregates", 1)
    with pytest.raises(CheckpointMismatch, match="committed batch 1, the output has no record"):
        claim(layout, TERMS, CLICKS)


def test_a_query_with_a_checkpoint_begun_anew_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    for batch_id in range(4):
        landed(layout, "aggregates", batch_id)
    committed(layout, "aggregates", 0, query_id="q-2")
    with pytest.raises(CheckpointMismatch, match="of the query q-1"):
        claim(layout, TERMS, CLICKS)


def test_a_checkpoint_that_was_set_back_behind_its_output_is_refused(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    for batch_id in range(3):
        landed(layout, "aggregates", batch_id)
    committed(layout, "aggregates", 0)
    with pytest.raises(CheckpointMismatch, match=r"batch 2 of aggregates has landed, .* does not know it"):
        claim(layout, TERMS, CLICKS)


class _LandsMeanwhile(Layout):
    """A run whose job lands and commits another batch whenever its records have been listed."""

    def record_paths(self, query: str) -> list[Path]:
        listed = super().record_paths(query)
        if listed:
            landed(self, query, len(listed))
            committed(self, query, len(listed))
        return listed


def test_a_run_may_be_looked_at_while_its_job_lands_batches(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    committed(layout, "aggregates", 0)
    at_work = _LandsMeanwhile(layout.output, layout.checkpoint)
    assert begun_run(at_work, replace(TERMS, run_id="second", topic_id=""), CLICKS) == TERMS


def test_looking_at_a_run_writes_nothing(layout: Layout) -> None:
    assert begun_run(layout, TERMS, CLICKS) is None
    assert not layout.output.exists()
    assert not layout.checkpoint.exists()


@pytest.mark.parametrize(("other", "named"), [({"end": 9}, "offsets"), ({"watermark_ms": 9}, "watermark")])
def test_a_newest_batch_that_landed_otherwise_than_the_checkpoint_says_is_refused(
    layout: Layout, other: dict[str, int], named: str
) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    logged(layout, "aggregates", 0, **other)
    with pytest.raises(CheckpointMismatch, match=f"batch 0 of aggregates has landed .*{named}"):
        claim(layout, TERMS, CLICKS)


def test_an_aggregate_whose_batches_had_no_rows_is_no_reason_to_refuse(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    landed(layout, "aggregates", 0)
    committed(layout, "aggregates", 0)
    assert not list(layout.output.glob("*_metrics/**/*"))
    assert claim(layout, TERMS, CLICKS) == TERMS


def test_terms_that_cannot_be_read_are_refused_by_name(layout: Layout) -> None:
    claim(layout, TERMS, CLICKS)
    layout.checkpoint_terms_path().write_text("{")
    with pytest.raises(CheckpointMismatch, match=r"run\.json does not hold the terms"):
        claim(layout, TERMS, CLICKS)


@pytest.mark.parametrize("where", ["output", "checkpoint"])
def test_a_folder_that_cannot_be_written_is_named(layout: Layout, where: str) -> None:
    # A file in the way stops everybody, root too.
    blocked: Path = getattr(layout, where)
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    with pytest.raises(FolderNotWritable) as refusal, held(layout, ManualClock()):
        claim(layout, TERMS, CLICKS)
    assert str(blocked) in refusal.value.sentence


def test_an_atomic_write_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "run.json"
    write_atomically(path, "old")
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert [each.name for each in path.parent.iterdir()] == ["run.json"]
