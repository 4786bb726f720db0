"""The user's command to skip records that Spark cannot read: verified, and written into the run."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.broker.reading import unreadable_records
from clickstream.broker.topics import offset_ranges
from clickstream.check.terms import terms_of
from clickstream.clock import Clock
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.skipped import SkippedRecord, SkippedRecords, read_skipped
from clickstream.contract.stages import Stage
from clickstream.errors import UsageError
from clickstream.pipeline.broker_access import reached_broker
from clickstream.pipeline.run import layout_of, topic_of_run
from clickstream.runtime.java.jars import Progress
from clickstream.settings import BrokerSettings, Settings
from clickstream.sinks.durable import write_atomically, writing
from clickstream.sinks.start.run_lock import held
from clickstream.sinks.start.skipping import committed_ends


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets of a partition, `first` and `last` included."""

    partition: int
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.first}" + (f"-{self.last}" if self.last > self.first else "")


def skip_records(
    settings: Settings, places: Sequence[Place], *, clock: Clock, on_stage: Stage, on_download: Progress
) -> list[SkippedRecord]:
    """Record that the run skips the records at these places that Spark cannot read; those it can are kept.

    Returns the records. The next start of the job skips them.
    """
    layout = layout_of(settings.paths)
    terms = terms_of(layout, settings.pipeline)
    with held(layout, clock):
        known = read_skipped(layout)
        with reached_broker(settings, clock=clock, on_stage=on_stage, on_download=on_download) as broker:
            source = topic_of_run(terms, broker)
            found = [record for place in places for record in _unreadable_at(place, source, layout, clock)]
        with writing(layout.output):
            write_atomically(layout.skipped_path(), SkippedRecords([*known, *found]).to_json(terms.run_id))
    return found


def _unreadable_at(place: Place, source: BrokerSettings, layout: Layout, clock: Clock) -> list[SkippedRecord]:
    ranges = offset_ranges(source)
    first, end = ranges.get(place.partition, (0, 0))
    if not first <= place.first <= place.last < end:
        has = f"has the offsets {first} to {end - 1}" if first < end else "does not have any records"
        raise UsageError(
            f"{place} cannot be skipped: partition {place.partition} of topic {source.topic} {has}.",
            next_step="Use PARTITION:OFFSET or PARTITION:FIRST-LAST as the job's error names it.",
        )
    found = unreadable_records(source, {place.partition: (place.first, place.last + 1)}, clock=clock)
    if not found:
        raise UsageError(
            f"{place} cannot be skipped: the job can read every record there.",
            next_step="Use the PARTITION:OFFSET that the job's error names.",
        )
    ends = [committed_ends(layout, query).get(place.partition, 0) for query in QUERIES]
    if min(ends) > found[0].offset:
        raise UsageError(
            f"{place} cannot be skipped: every query of the run has passed offset {found[0].offset}.",
            next_step="Use the PARTITION:OFFSET that the job's error names.",
        )
    return found
