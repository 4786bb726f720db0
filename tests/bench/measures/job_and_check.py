"""500,000 events through the job's four queries into all tables, then through the check."""

from pathlib import Path
from typing import Any

from clickstream.broker.topics import ensure_topic
from clickstream.clock import SystemClock
from clickstream.pipeline.broker_access import jvm_parts, owned_broker
from clickstream.pipeline.process import process_with, starting_spark
from clickstream.pipeline.produce import produce_to
from clickstream.pipeline.sending import ProducePlan
from clickstream.pipeline.verify import verify_topic
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA

from .broker import settings_in

EVENTS = 500_000
READ_STAGE = "read and decode the topic"
RULES_STAGE = "compute the expected rows"


def measure(folder: Path) -> dict[str, Any]:
    settings = settings_in(
        folder,
        CHECKPOINT_PATH=folder / "checkpoints",
        START_TIME="2026-01-01T00:00:00+00:00",
        MSGS_PER_SEC=200,
        MAX_OFFSETS_PER_TRIGGER=100_000,
    )
    clock = SystemClock()
    fetch = {"on_stage": print, "on_download": lambda _done, _total: None}
    spark, kafka = jvm_parts(settings, SPARK_KAFKA, **fetch), jvm_parts(settings, KAFKA, **fetch)
    common = {"clock": clock, "stop_requested": lambda: False}
    with (
        starting_spark(settings, spark, short_run=False) as session,
        owned_broker(settings, kafka, clock) as broker,
    ):
        ensure_topic(broker)
        produce_to(broker, settings, ProducePlan(EVENTS, live=False), on_ack=lambda _line: None, **common)
        session()
        begun_s = clock.monotonic_s()
        process_with(session, settings, broker, available_now=True, on_batch=lambda _progress: None, **common)
        job_s = clock.monotonic_s() - begun_s
        begun_s = clock.monotonic_s()
        verdict = verify_topic(settings, broker, clock=clock)
        check_s = clock.monotonic_s() - begun_s
    assert verdict.passed, verdict.findings
    return {
        "job_events_per_s_over_all_tables": round(EVENTS / job_s),
        "check_events_per_s_from_bytes_to_verdict": round(EVENTS / check_s),
        "rules_events_per_s_on_decoded_frames": round(EVENTS / verdict.seconds_by_stage[RULES_STAGE]),
        "events": EVENTS,
        **{f"s: {stage}": round(seconds, 2) for stage, seconds in verdict.seconds_by_stage.items()},
    }
