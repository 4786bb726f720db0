"""The whole job over a topic cut by hand, and the whole check of what it landed."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pyspark.sql import SparkSession

from clickstream.check.findings import Verdict
from clickstream.check.verifying import verify
from clickstream.clicks import CLICKS
from clickstream.clock import SystemClock
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.terms import RunTerms
from clickstream.duration import Duration
from clickstream.settings import SinkSettings, StreamSettings
from clickstream.sinks.landing.micro_batch import Landing
from clickstream.stream.queries import plan_queries, run_queries
from cut_topic import Arriving, CutTopic


def run_and_check(
    session: SparkSession,
    topic: CutTopic,
    settings: StreamSettings,
    windows: Mapping[str, Duration],
    folder: Path,
    *,
    runs: Iterable[Iterable[Iterable[Arriving]]],
) -> Verdict:
    """Run the two queries over all cuts, one micro-batch each, and recompute every row that they landed.

    Each of `runs` has cuts of its own, and is a job that begins when the one before has ended.
    """
    layout = Layout(output=folder / "output", checkpoint=folder / "checkpoint")
    terms = RunTerms(
        run_id="run-1",
        topic="events",
        topic_id="",
        starting_offsets="earliest",
        windows_ms={table: length.milliseconds for table, length in windows.items()},
        watermark_delay_ms=settings.watermark_delay.milliseconds,
        shuffle_partitions=settings.shuffle_partitions,
        future_tolerance_ms=settings.future_tolerance.milliseconds,
    )
    layout.output_terms_path().parent.mkdir(parents=True)
    layout.output_terms_path().write_text(terms.to_json(describe(CLICKS)))
    for cuts in runs:
        for records in cuts:
            topic.cut(records)
        landings = {
            query: Landing(
                CLICKS,
                query,
                run_id=terms.run_id,
                topic=terms.topic,
                layout=layout,
                settings=SinkSettings(),
                clock=SystemClock(),
                offsets_in=topic.offsets_in,
            )
            for query in QUERIES
        }
        run_queries(
            plan_queries(topic.records(session), CLICKS, settings, windows),
            settings,
            layout=layout,
            landings=landings,
            available_now=True,
            stop_requested=lambda: False,
            clock=SystemClock(),
        )
    # The offset log speaks of files here, not of a topic: the records are all that the check goes by.
    return verify(
        Layout(layout.output, folder / "no-checkpoint"),
        CLICKS,
        topic.read,
        clock=SystemClock(),
        ask_ranges=topic.ranges,
    )
