"""Damaged output and topic to landed batches, as far as the topic goes."""

from collections.abc import Callable, Iterable, Mapping

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import describe_topic, offset_ranges
from clickstream.check.repair_plan import RepairPlan
from clickstream.check.repairing import plan_repair
from clickstream.check.run import terms_of
from clickstream.clock import Clock
from clickstream.contract.layout import Layout
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.terms import RunTerms
from clickstream.errors import TopicNotFound
from clickstream.pipeline.broker_access import Stage, reached_broker
from clickstream.pipeline.places import layout_of
from clickstream.runtime.jars import Progress
from clickstream.settings import BrokerSettings, Settings, SinkSettings
from clickstream.sinks import leftovers
from clickstream.sinks.holding import held
from clickstream.sinks.relanding import land_anew, remove_record
from clickstream.sinks.replaced import alone


def repair_run(
    settings: Settings,
    *,
    may_write: Callable[[RepairPlan], bool],
    clock: Clock,
    on_stage: Stage,
    on_download: Progress,
) -> RepairPlan:
    """Land anew what is damaged and can be, after asking; what was planned, done or not.

    Args:
        settings: of the run.
        may_write: asked once, where something can be done; nothing is written where it says no or raises.
        clock: for locks and records.
        on_stage: told what begins.
        on_download: told how far a fetch is.

    Raises:
        CouldNotCheck: nothing has landed here.
        RunInProgress: a job runs on this checkpoint, or a compaction on this output.
        BrokerUnavailable: no broker can be reached.
        FolderNotWritable: the output cannot be written; what is landed anew by then counts.
    """
    layout = layout_of(settings.paths)
    terms = terms_of(layout)
    with held(layout, clock):
        # What is planned stays true until it is done: a compaction would put other records in its place.
        with alone(layout):
            with reached_broker(settings, clock=clock, on_stage=on_stage, on_download=on_download) as broker:
                on_stage("look at every landed file, and at the topic …")
                plan = _plan(terms, layout, broker, clock)
            approved = plan.can_be_done and may_write(plan)
            if approved:
                on_stage("repair …")
                carry_out(plan, layout, settings.sink, clock)
        if approved:
            tidy_up(plan, layout)
    return plan


def _plan(terms: RunTerms, layout: Layout, broker: BrokerSettings, clock: Clock) -> RepairPlan:
    # The topic is the run's, whatever the settings say by now.
    source = broker.model_copy(update={"topic": terms.topic})
    try:
        found = describe_topic(source)
    except TopicNotFound:
        gone = f"the broker at {source.bootstrap_servers} has no topic {terms.topic} any more"
        return plan_repair(layout, lambda _ranges: (), dict, gone=gone)
    if terms.topic_id and found.topic_id and terms.topic_id != found.topic_id:
        gone = f"topic {terms.topic} was deleted and created anew since"
        return plan_repair(layout, lambda _ranges: (), dict, gone=gone)

    def read_topic(ranges: Mapping[int, OffsetRange]) -> Iterable[TopicRecords]:
        return read_ranges(source, ranges, clock=clock)

    return plan_repair(layout, read_topic, lambda: offset_ranges(source))


def carry_out(
    plan: RepairPlan,
    layout: Layout,
    settings: SinkSettings,
    clock: Clock,
    reached: Callable[[str], None] = lambda _point: None,
) -> None:
    """Do what a plan says; call it while the run is `held`, `alone`. `reached` is told of `relanding.POINTS`.

    Raises:
        FolderNotWritable: the output cannot be written; what is landed anew by then counts.
    """
    for remedy in plan.remedies:
        land_anew(
            layout,
            settings,
            remedy.records,
            remedy.rows,
            compacted=remedy.compacted,
            clock=clock,
            reached=reached,
        )
    for removal in plan.removals:
        remove_record(removal.path)


def tidy_up(plan: RepairPlan, layout: Layout) -> None:
    """Remove what no record names; only where every record can be read, so that this is known.

    Raises:
        FolderNotWritable: something cannot be removed.
    """
    if not plan.losses:
        leftovers.remove(layout)
