"""The terms that a start with these settings asks for."""

import uuid

from clickstream.broker.topics import TopicDescription
from clickstream.contract.terms import RunTerms
from clickstream.settings import Settings


def run_terms(settings: Settings, topic: TopicDescription | None = None) -> RunTerms:
    """The terms of these settings with a new run_id; without a topic id if no broker has answered yet."""
    stream = settings.stream
    return RunTerms(
        run_id=uuid.uuid4().hex,
        topic=settings.broker.topic,
        topic_id=topic.topic_id if topic else "",
        starting_offsets=stream.starting_offsets,
        page_window_ms=stream.page_window.milliseconds,
        geo_window_ms=stream.geo_window.milliseconds,
        session_gap_ms=stream.session_gap.milliseconds,
        watermark_delay_ms=stream.watermark_delay.milliseconds,
        shuffle_partitions=stream.shuffle_partitions,
        future_tolerance_ms=stream.future_tolerance.milliseconds,
    )
