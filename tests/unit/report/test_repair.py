"""A plan of repair in words: what is landed anew, what is lost, and the commands of a replay."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from clickstream.check.repair_plan import Loss, Remedy, Removal, RepairPlan
from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.report import repair
from unit.check.landing import RUN

ROWS = pl.DataFrame({"user_id": ["ann", "bob"]})


def a_record(batch_id: int = 7) -> BatchRecord:
    return BatchRecord(
        run_id="run-1",
        query="sessions",
        query_id="id",
        batch_id=batch_id,
        topic="events",
        offsets={0: (0, 5)},
        watermark_ms=0,
        previous_watermark_ms=0,
        tables={"sessions": LandedTable(0, (), ())},
    )


def a_remedy(**changed) -> Remedy:
    rows = {"sessions": (ROWS,)}
    given = {
        "query": "sessions",
        "records": (a_record(),),
        "compacted": False,
        "rows": rows,
        "why": ("Gone.",),
    }
    return Remedy(**(given | changed))


def a_loss(**changed) -> Loss:
    given = {
        "query": "page_metrics",
        "first": 3,
        "last": 5,
        "tables": ("page_metrics",),
        "offsets": {0: (1_000, 2_000), 1: (7, None), 2: (4, 4)},
        "windows_ms": (1_767_225_600_000, 1_767_225_660_000),
        "why": "nothing tells",
    }
    return Loss(**(given | changed))


def a_plan(*parts: Remedy | Loss | Removal) -> RepairPlan:
    return RepairPlan(
        RUN,
        tuple(part for part in parts if isinstance(part, Remedy)),
        tuple(part for part in parts if isinstance(part, Loss)),
        tuple(part for part in parts if isinstance(part, Removal)),
        {},
    )


def test_a_batch_that_is_landed_anew_has_its_rows_and_what_was_wrong():
    assert repair.plan(a_plan(a_remedy()), "default").splitlines() == [
        "sessions, batch 7: to be landed anew, 2 rows of sessions",
        "    Gone.",
    ]


def test_a_loss_has_batches_offsets_windows_and_the_reason():
    assert repair.plan(a_plan(a_loss()), "mine").splitlines() == [
        "page_metrics, batches 3 to 5: lost, page_metrics",
        "    nothing tells",
        "    partition 0: offsets 1,000 to 1,999",
        "    partition 1: offsets from 7 on",
        "    windows that ended after 2026-01-01T00:00:00.000Z and not after 2026-01-01T00:01:00.000Z",
        "What is lost cannot be put back here. To read the topic once more, into another output:",
        "    RUN_ID=mine-replayed KAFKA_TOPIC=events KAFKA_STARTING_OFFSETS=earliest"
        " clickstream stream --available-now",
        "    RUN_ID=mine-replayed KAFKA_TOPIC=events KAFKA_STARTING_OFFSETS=earliest clickstream check",
    ]


def test_where_the_topic_is_gone_nobody_is_told_to_read_it_again():
    text = repair.plan(replace(a_plan(a_loss()), gone="it was deleted"), "default")
    assert "KAFKA_BOOTSTRAP_SERVERS" in text
    assert "replayed" not in text


def test_a_loss_without_windows_says_so():
    text = repair.plan(a_plan(a_loss(windows_ms=(5, 5))), "default")
    assert "no window: the watermark did not move" in text


def test_a_repair_ends_with_what_it_is_worth():
    assert repair.done(a_plan(a_remedy())) == (
        "1 batch repaired: rows put there by the checker itself, not proved. See it with `clickstream check`."
    )


def test_a_record_that_alone_was_lost_is_no_repaired_batch():
    plan = a_plan(a_remedy(rows={}), Removal(Path("x/0-4.json"), "sessions", "Cannot be read."))
    assert repair.done(plan).startswith("1 useless record removed. 1 lost record written anew")
    assert "not proved" not in repair.done(plan)
    assert "The job's files are there" in repair.plan(plan, "default")
