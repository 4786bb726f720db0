"""How a kit is: parts, topic, how far each query has come, and what has landed."""

from collections.abc import Mapping
from dataclasses import dataclass

from clickstream.broker.topics import describe_topic, open_transactions
from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, REDPANDA
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.run_file import UnusableTerms, read_terms
from clickstream.contract.run.skipped import read_skipped
from clickstream.contract.run.terms import RunTerms
from clickstream.contract.status import KitStatus, LastCount, PartState, PartStatus
from clickstream.contract.topic import TopicStatus
from clickstream.errors import ClickstreamError, EnvironmentNotReady, OutputDamaged, PartDied, TopicNotFound
from clickstream.operate.parts.differences import run_that_runs, writes_elsewhere
from clickstream.operate.status.landed_so_far import LandedSoFar, Rate
from clickstream.operate.status.part_status import part_statuses
from clickstream.operate.status.query_status import landed_batch, last_check, query_statuses
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.heartbeat import heartbeat_at, last_heartbeat
from clickstream.pipeline.run import layout_of
from clickstream.settings import Settings

BROKER_DEADLINE_S = 3.0
"""Short, because a user waits: a broker that has not answered by then is shown as not answering."""


@dataclass(frozen=True, slots=True)
class _Topic:
    status: TopicStatus | None
    is_the_runs: bool = False
    broker_answers: bool = True
    note: str = ""


class StatusReader:
    """Tells how the kit of these settings is, as often as it is asked."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._layout = layout_of(settings.paths)
        self._landed = LandedSoFar(self._layout, settings.pipeline)
        self._input = Rate()

    def _follow_the_job(self) -> None:
        """Look at the run that the running job writes, not at that of the settings."""
        layout = run_that_runs(self._settings) or layout_of(self._settings.paths)
        if layout != self._layout:
            self._layout, self._landed = layout, LandedSoFar(layout, self._settings.pipeline)
            self._input = Rate()

    def read(self) -> KitStatus:
        """How it is now; what cannot be found out is a note, never an error."""
        self._follow_the_job()
        parts = part_statuses(self._settings, self._clock)
        terms, unusable = _terms(self._layout, self._settings.pipeline)
        topic = self._topic(terms)
        added = [] if unusable else self._landed.update()
        if given := self._settings.broker.bootstrap_servers:
            state = PartState.RUNNING if topic.broker_answers else PartState.NO_ANSWER
            parts = [PartStatus("broker", state, address=given), *parts]
        died = any(part.name in (EMBEDDED_KAFKA, REDPANDA) and part.state.died for part in parts)
        elsewhere = writes_elsewhere(self._settings)
        unreadable = self._landed.unreadable
        notes = (
            "The topic cannot be read: its broker does not run." if died else topic.note,
            unusable,
            f"{elsewhere} What is shown here is the job's." if elsewhere else "",
            _skipped(self._layout),
            f"Batch records that cannot be read: {len(unreadable)}, such as {unreadable[0]}."
            if unreadable
            else "",
        )
        acknowledged, at_least = self._acknowledged(parts)
        now = self._clock.now()
        if topic.status is not None:
            self._input.reach(now, sum(end for _, end in topic.status.offsets.values()))
        return KitStatus(
            at=now,
            parts=tuple(parts),
            topic=topic.status,
            queries=query_statuses(
                self._layout,
                self._landed,
                terms,
                topic.status if topic.is_the_runs else None,
                now,
            ),
            rows_landed=dict(self._landed.rows),
            acknowledged=acknowledged,
            acknowledged_at_least=at_least,
            notes=tuple(filter(None, notes)),
            input_per_s=None if topic.status is None else self._input.per_s(now),
            last_check=last_check(self._layout, self._landed.batches),
            new_batches=tuple(map(landed_batch, added)),
        )

    def _topic(self, terms: RunTerms | None) -> _Topic:
        # The topic of the run, not of the current settings.
        name = self._settings.broker.topic if terms is None else terms.topic
        try:
            broker = running_broker(self._settings).model_copy(update={"topic": name})
            found = describe_topic(broker, deadline_s=BROKER_DEADLINE_S)
            offsets, waiting = open_transactions(broker, deadline_s=BROKER_DEADLINE_S)
        except ClickstreamError as error:
            return _Topic(None, broker_answers=isinstance(error, TopicNotFound), note=error.sentence)
        status = TopicStatus(name, broker.bootstrap_servers, offsets)
        if terms is not None and terms.topic_id and found.topic_id and terms.topic_id != found.topic_id:
            note = f"Topic {name} is not the one that the run has read: it was deleted and created again."
            return _Topic(status, note=note)
        return _Topic(status, is_the_runs=True, note=_waiting(waiting))

    def _acknowledged(self, parts: list[PartStatus]) -> tuple[int | None, LastCount | None]:
        """What the running producer has had acknowledged; of one that ended, its last known count."""
        producer = next((part for part in parts if part.name == PRODUCER and part.pid is not None), None)
        if producer is None or producer.pid is None:
            return None, None
        state = self._settings.paths.state
        count = last_heartbeat(state, PRODUCER, producer.pid).get("acknowledged")
        written_at = heartbeat_at(state, PRODUCER)
        if not isinstance(count, int) or written_at is None:
            return None, None
        if producer.uptime_s is not None:
            return count, None
        return None, LastCount(count, written_at)


def _waiting(offsets: Mapping[int, OffsetRange]) -> str:
    """A note on open transactions: a job that waits for one has no lag."""
    if not offsets:
        return ""
    partition, (first, end) = next(iter(offsets.items()))
    others = f", and of {len(offsets) - 1} more partitions" if len(offsets) > 1 else ""
    return (
        f"{end - first:,} offsets of partition {partition}{others} wait for the end of an open transaction, "
        f"from offset {first:,} on."
    )


def exit_code_of(status: KitStatus) -> int:
    """0: everything that was started runs; 4: a part died; 3: nothing runs, or the given broker is away."""
    states = [part.state for part in status.parts]
    if any(state.died for state in states):
        return PartDied.exit_code
    ours_run = any(part.state is PartState.RUNNING and part.uptime_s is not None for part in status.parts)
    if not ours_run or PartState.NO_ANSWER in states:
        return EnvironmentNotReady.exit_code
    return 0


def _terms(layout: Layout, pipeline: Pipeline) -> tuple[RunTerms | None, str]:
    """The run's terms, if there are any; or why they cannot be used and what to do about it."""
    try:
        return read_terms(layout, pipeline), ""
    except UnusableTerms as error:
        return None, f"{error.sentence} {error.next_step}"


def _skipped(layout: Layout) -> str:
    """That the run skips records, if it does; or why the list of them cannot be used."""
    try:
        count = len(read_skipped(layout))
    except OutputDamaged as error:
        return error.sentence
    return f"The run skips {count:,} unreadable records; `clickstream check` lists them." if count else ""
