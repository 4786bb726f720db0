"""Landed files and topic to a verdict."""

from collections.abc import Iterable, Mapping

from clickstream.broker.reading import read_ranges
from clickstream.broker.topic_config import compacting_policy
from clickstream.broker.topics import offset_ranges
from clickstream.check.expected.tables import refuse_unsound_polars_halves
from clickstream.check.findings import Verdict
from clickstream.check.terms import terms_of
from clickstream.check.verifying import verify
from clickstream.clock import Clock
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.stages import Stage
from clickstream.errors import CouldNotCheck, TopicNotFound
from clickstream.pipeline.broker_access import reached_broker
from clickstream.pipeline.produce.ledger import still_runs
from clickstream.pipeline.run import layout_of, topic_of_run
from clickstream.pipeline.verify.last_verdict import keep_verdict
from clickstream.pipeline.verify.one_batch import OpenedSession, one_batch
from clickstream.runtime.java.jars import Progress
from clickstream.settings import BrokerSettings, Settings


def verify_run(settings: Settings, *, clock: Clock, on_stage: Stage, on_download: Progress) -> Verdict:
    """Check what has landed, against the broker that is given or runs here, or one started temporarily."""
    # Before a broker is started for it: without a run there is nothing to compare.
    terms_of(layout_of(settings.paths), settings.pipeline)
    refuse_unsound_polars_halves(settings.pipeline)
    with reached_broker(settings, clock=clock, on_stage=on_stage, on_download=on_download) as broker:
        on_stage("check every landed row …")
        return verify_topic(settings, broker, clock=clock, on_stage=on_stage)


def verify_topic(
    settings: Settings,
    broker: BrokerSettings,
    *,
    clock: Clock,
    on_stage: Stage = lambda _line: None,
    session: OpenedSession | None = None,
) -> Verdict:
    """Check what has landed, against the topic that the run's terms name, at this broker; keep the verdict.

    Tables without a polars half are computed in this `session`, or in one that starts for them.

    Raises:
        CouldNotCheck: nothing has landed here, or the topic is gone, or not the one that was read.
    """
    layout = layout_of(settings.paths)
    terms = terms_of(layout, settings.pipeline)
    try:
        source = topic_of_run(terms, broker)
    except TopicNotFound as error:
        raise CouldNotCheck(
            f"The broker at {broker.bootstrap_servers} does not have the topic {terms.topic} that this run "
            f"read: the rows in {layout.output} cannot be compared with it.",
            next_step="Set KAFKA_BOOTSTRAP_SERVERS to the broker that has the topic. If it was deleted, keep "
            "what has landed, and start a new run with another RUN_ID.",
        ) from error

    def read_topic(ranges: Mapping[int, OffsetRange]) -> Iterable[TopicRecords]:
        return read_ranges(source, ranges, clock=clock)

    verdict = verify(
        layout,
        settings.pipeline,
        read_topic,
        clock=clock,
        ask_ranges=lambda: offset_ranges(source),
        ask_written=lambda: offset_ranges(source, uncommitted=True),
        still_runs=lambda opening, ledger: still_runs(opening, ledger, clock),
        compacting_policy=compacting_policy(source),
        one_batch=one_batch(settings, on_stage, session),
    )
    keep_verdict(layout, verdict, clock)
    return verdict
