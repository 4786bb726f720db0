"""Why no files are written, and why a cluster gives nothing: the first cause is named."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Check, Diagnosis, Health
from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.status import KitStatus, PartState, PartStatus, QueryStatus
from clickstream.contract.topic import TopicStatus
from clickstream.operate.doctor.missing_output import landed_files, resources_of, spark_resources
from clickstream.runtime.spark_cluster.web_page import WorkerOffer
from clickstream.settings import Settings, load

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RAW = {"events_raw": 90, "events_rejected": 10}
ALL = {**RAW, "page_metrics": 5, "geo_metrics": 5, "sessions": 5}
MASTER = "spark://127.0.0.1:7077"


def status(
    *running: str,
    offsets: int | None = None,
    rows: dict[str, int] | None = None,
    lag: int | None = None,
    note: str = "",
) -> KitStatus:
    states = {
        name: PartState.RUNNING if name in running else PartState.STOPPED for name in (PRODUCER, STREAM)
    }
    query = QueryStatus("events", 0, NOW, 1, 0, {0: 1}, lag)
    return KitStatus(
        at=NOW,
        parts=tuple(PartStatus(name, state) for name, state in states.items()),
        topic=None if offsets is None else TopicStatus("events", "127.0.0.1:1", {0: (0, offsets)}),
        queries=(query,) if rows else (),
        rows_landed=rows or {},
        acknowledged=None,
        notes=(note,) if note else (),
    )


def files(found: KitStatus) -> Diagnosis:
    settings = load(dotenv=Path("none"))[0]
    return Check("landed files", lambda: landed_files(found, settings)).diagnosis()


def test_a_kit_that_was_never_started_is_well_and_says_how_to_start() -> None:
    found = files(status(note="No broker runs here."))
    assert found.health is Health.OK
    assert "clickstream up" in found.sentence


def test_a_broker_that_is_away_under_running_parts_is_a_problem_in_its_own_words() -> None:
    found = files(status(PRODUCER, STREAM, note="The broker at 127.0.0.1:1 does not answer."))
    assert (found.health, found.sentence) == (Health.PROBLEM, "The broker at 127.0.0.1:1 does not answer.")


def test_a_given_broker_that_is_away_is_not_started_by_up() -> None:
    away = replace(status(note="It is away."), parts=(PartStatus("broker", PartState.NO_ANSWER),))
    assert files(away).health is Health.PROBLEM
    assert "KAFKA_BOOTSTRAP_SERVERS" in files(away).fix


def test_an_empty_topic_without_a_producer_is_a_problem_and_with_one_a_warning() -> None:
    assert files(status(STREAM, offsets=0)).health is Health.PROBLEM
    assert "no producer runs" in files(status(STREAM, offsets=0)).sentence
    waiting = files(status(STREAM, PRODUCER, offsets=0))
    assert (waiting.health, waiting.fix) == (Health.WARNING, "clickstream logs producer")


def test_offsets_without_a_job_are_a_problem_and_with_one_a_warning() -> None:
    found = files(status(PRODUCER, offsets=1_000))
    assert (found.health, found.sentence) == (
        Health.PROBLEM,
        "Topic events has 1,000 offsets, and no job runs.",
    )
    waiting = files(status(PRODUCER, STREAM, offsets=1_000))
    assert (waiting.health, waiting.fix) == (Health.WARNING, "clickstream logs stream")


def test_events_without_windows_are_explained_by_the_watermark() -> None:
    found = files(status(PRODUCER, STREAM, offsets=1_000, rows=RAW))
    assert found.health is Health.OK
    assert "WATERMARK_DELAY (30 seconds)" in found.sentence


def test_a_watermark_that_stands_still_is_a_warning() -> None:
    found = files(status(STREAM, offsets=1_000, rows=RAW))
    assert (found.health, found.fix) == (Health.WARNING, "clickstream up")
    assert "watermark does not move" in found.sentence


def test_offsets_that_a_job_that_has_ended_did_not_read_are_a_warning() -> None:
    found = files(status(PRODUCER, offsets=1_000, rows=ALL, lag=300))
    assert found.health is Health.WARNING
    assert "300 offsets are not read and no job runs" in found.sentence


def test_rows_that_land_are_well() -> None:
    found = files(status(PRODUCER, STREAM, offsets=1_000, rows=ALL, lag=7))
    assert (found.health, found.fix) == (Health.OK, "")
    assert "115 rows have landed; the slowest query is 7 offsets behind" in found.sentence
    assert files(status(rows=ALL)).health is Health.OK


def settings(memory: str) -> Settings:
    return load({"SPARK_WORKER_MEMORY": memory})[0]


def resources(memory: str, offers: list[WorkerOffer] | None) -> Diagnosis:
    return Check("x", lambda: resources_of(settings(memory), offers, master=MASTER)).diagnosis()


def offer(
    memory_mib: int = 1024, memory_free_mib: int = 1024, cores: int = 2, cores_free: int = 2
) -> WorkerOffer:
    return WorkerOffer(cores, cores_free, memory_mib, memory_free_mib)


def test_a_job_in_one_jvm_waits_for_no_cluster() -> None:
    assert "needs no cluster" in spark_resources(settings("1g"))


@pytest.mark.parametrize(
    ("offers", "says"),
    [
        (None, "No master answers"),
        ([], "has no running worker"),
        (
            [offer(512), offer(768)],
            "an executor asks for 1g of memory (SPARK_WORKER_MEMORY), and the largest of 2",
        ),
        ([offer(cores=0, cores_free=0)], "offers a core"),
    ],
    ids=["no master", "no worker", "too little memory", "no core"],
)
def test_a_cluster_that_can_give_nothing_is_a_problem_with_its_cause(
    offers: list[WorkerOffer] | None, says: str
) -> None:
    found = resources("1g", offers)
    assert found.health is Health.PROBLEM
    assert says in found.sentence
    assert found.fix


def test_the_memory_that_would_fit_is_in_the_command_that_fixes_it() -> None:
    found = resources("1g", [offer(512), offer(768)])
    assert found.fix == "SPARK_WORKER_MEMORY=768m clickstream restart stream"


def test_a_worker_that_fits_and_one_that_the_job_has_taken_are_well() -> None:
    assert resources("1g", [offer()]).health is Health.OK
    taken = resources("1g", [offer(memory_free_mib=0, cores_free=0)])
    assert (taken.health, taken.sentence) == (Health.OK, f"1 worker of {MASTER}, 2 of 2 cores taken.")
