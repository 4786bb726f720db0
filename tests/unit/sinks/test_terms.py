"""A run's terms: written once, held to ever after, and never by two jobs at a time."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.contract.batch import BatchRecord
from clickstream.contract.layout import Layout
from clickstream.contract.terms import RunTerms
from clickstream.errors import CheckpointMismatch, FolderNotWritable, RunInProgress
from clickstream.sinks.durable import write_atomically
from clickstream.sinks.terms import claim, held

TERMS = RunTerms(
    run_id="first",
    topic="events",
    topic_id="id-1",
    starting_offsets="earliest",
    page_window_ms=60_000,
    geo_window_ms=60_000,
    session_gap_ms=60_000,
    watermark_delay_ms=30_000,
    shuffle_partitions=2,
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


def landed(layout: Layout, query: str, batch_id: int, query_id: str = "q-1") -> None:
    record = BatchRecord("first", query, query_id, batch_id, "events", {0: (0, 1)}, 0, 0, {})
    write_atomically(layout.record_path(query, batch_id), record.to_json())


def committed(layout: Layout, query: str, batch_id: int, query_id: str = "q-1") -> None:
    checkpoint = layout.query_checkpoint(query)
    for folder in ("offsets", "commits"):
        (checkpoint / folder).mkdir(parents=True, exist_ok=True)
        (checkpoint / folder / str(batch_id)).write_text("v1\n{}")
    (checkpoint / "metadata").write_text(json.dumps({"id": query_id}))


def test_the_first_start_writes_its_terms_beside_output_and_checkpoint(layout: Layout) -> None:
    assert claim(layout, TERMS) == TERMS
    for path in (layout.output_terms_path(), layout.checkpoint_terms_path()):
        assert RunTerms.from_json(path.read_text()) == TERMS


def test_a_later_start_goes_on_with_the_run_that_began_here(layout: Layout) -> None:
    claim(layout, TERMS)
    assert claim(layout, replace(TERMS, run_id="second")).run_id == "first"


def test_a_crash_between_the_two_writes_is_made_good(layout: Layout) -> None:
    claim(layout, TERMS)
    layout.checkpoint_terms_path().unlink()
    assert claim(layout, replace(TERMS, run_id="second")).run_id == "first"
    assert RunTerms.from_json(layout.checkpoint_terms_path().read_text()).run_id == "first"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"page_window_ms": 30_000}, ("PAGE_WINDOW", "30 seconds", "1 minute")),
        ({"geo_window_ms": 1_500}, ("GEO_WINDOW", "1500 milliseconds", "1 minute")),
        ({"session_gap_ms": 1_800_000}, ("SESSION_WINDOW", "30 minutes", "1 minute")),
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
    claim(layout, TERMS)
    with pytest.raises(CheckpointMismatch) as refusal:
        claim(layout, replace(TERMS, **changed))  # type: ignore[arg-type]
    for words in named:
        assert words in refusal.value.sentence
    assert f"Set {named[0]} to {named[2]} again" in refusal.value.next_step
    assert "CHECKPOINT_PATH" in refusal.value.next_step


def test_a_topic_created_again_is_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    with pytest.raises(CheckpointMismatch, match="deleted and created again"):
        claim(layout, replace(TERMS, topic_id="id-2"))


def test_a_broker_that_cannot_tell_topics_apart_is_no_reason_to_refuse(layout: Layout) -> None:
    claim(layout, TERMS)
    assert claim(layout, replace(TERMS, topic_id="")) == TERMS


def test_another_version_of_the_tables_is_refused(layout: Layout) -> None:
    claim(layout, replace(TERMS, contract_version=0))
    with pytest.raises(CheckpointMismatch, match="version 0 of the tables"):
        claim(layout, TERMS)


def test_a_checkpoint_without_its_output_is_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    layout.output_terms_path().unlink()
    with pytest.raises(CheckpointMismatch, match="none of its run's output"):
        claim(layout, TERMS)


def test_an_output_without_its_checkpoint_is_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    landed(layout, "sessions", 0)
    layout.checkpoint_terms_path().unlink()
    with pytest.raises(CheckpointMismatch, match=r"the checkpoint .* is gone"):
        claim(layout, TERMS)


def test_an_output_and_a_checkpoint_of_two_runs_are_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    write_atomically(layout.checkpoint_terms_path(), replace(TERMS, run_id="other").to_json())
    with pytest.raises(CheckpointMismatch, match="of run other"):
        claim(layout, TERMS)


def test_a_foreign_checkpoint_or_output_without_terms_is_refused(layout: Layout) -> None:
    committed(layout, "sessions", 0)
    with pytest.raises(CheckpointMismatch, match="does not say which run"):
        claim(layout, TERMS)
    other = Layout(output=layout.output, checkpoint=layout.checkpoint / "empty")
    landed(other, "sessions", 0)
    with pytest.raises(CheckpointMismatch, match="does not say which run"):
        claim(other, TERMS)


def test_what_a_crash_leaves_is_no_reason_to_refuse(layout: Layout) -> None:
    claim(layout, TERMS)
    landed(layout, "sessions", 0)
    committed(layout, "sessions", 0)
    landed(layout, "sessions", 1)  # landed, not yet committed
    (layout.query_checkpoint("geo_metrics") / "offsets").mkdir(parents=True)
    (layout.query_checkpoint("geo_metrics") / "offsets" / "0").write_text("v1")  # logged, not landed
    assert claim(layout, TERMS) == TERMS


def test_a_committed_batch_without_its_record_is_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    landed(layout, "sessions", 0)
    committed(layout, "sessions", 1)
    with pytest.raises(CheckpointMismatch, match="committed batch 1, the output has no record"):
        claim(layout, TERMS)


def test_a_query_with_a_checkpoint_begun_anew_is_refused(layout: Layout) -> None:
    claim(layout, TERMS)
    landed(layout, "sessions", 3)
    committed(layout, "sessions", 0, query_id="q-2")
    with pytest.raises(CheckpointMismatch, match="of the query q-1"):
        claim(layout, TERMS)


def test_terms_that_cannot_be_read_are_refused_by_name(layout: Layout) -> None:
    claim(layout, TERMS)
    layout.checkpoint_terms_path().write_text("{")
    with pytest.raises(CheckpointMismatch, match=r"run\.json does not hold the terms"):
        claim(layout, TERMS)


def test_a_second_job_on_the_checkpoint_is_refused_until_the_first_has_ended(layout: Layout) -> None:
    second = (
        "import sys; from pathlib import Path; from clickstream.contract.layout import Layout\n"
        "from clickstream.errors import RunInProgress; from clickstream.sinks.terms import held\n"
        "try:\n"
        "    with held(Layout(Path(sys.argv[1]), Path(sys.argv[2]))): print('held')\n"
        "except RunInProgress as refusal: print(refusal.sentence)\n"
    )

    def try_second() -> str:
        command = [sys.executable, "-c", second, str(layout.output), str(layout.checkpoint)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with held(layout):
        assert f"Another job runs on the checkpoint {layout.checkpoint}" in try_second()
        with pytest.raises(RunInProgress), held(layout):
            pass
    assert try_second() == "held\n"


@pytest.mark.parametrize("where", ["output", "checkpoint"])
def test_a_folder_that_cannot_be_written_is_named(layout: Layout, where: str) -> None:
    # A file in the way stops everybody, root too.
    blocked: Path = getattr(layout, where)
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    with pytest.raises(FolderNotWritable) as refusal, held(layout):
        claim(layout, TERMS)
    assert str(blocked) in refusal.value.sentence


def test_an_atomic_write_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "run.json"
    write_atomically(path, "old")
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert [each.name for each in path.parent.iterdir()] == ["run.json"]
