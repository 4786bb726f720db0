"""Where the records of a run are: sent, acknowledged, in the topic, read, landed."""

from clickstream.check.findings import Verdict
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import EVENTS
from clickstream.contract.status import KitStatus
from clickstream.operate.run_report.history import RunHistory
from clickstream.report.run_report import FlowStep


def flow_of(
    history: RunHistory, pipeline: Pipeline, verdict: Verdict | None, status: KitStatus, topic: int | None
) -> tuple[FlowStep, ...]:
    """The steps in the order in which records pass them.

    Args:
        history: the batches that have landed.
        pipeline: its tables.
        verdict: that of a check which saw all of them; None without one.
        status: the kit's.
        topic: how many offsets the topic has now; None where it cannot be asked.
    """
    landed = history.tables[pipeline.event_table.name].rows
    rejected = history.tables[pipeline.rejected_table.name].rows
    read = history.offsets_read[EVENTS]
    elsewhere = read - landed - rejected
    where = f"{elsewhere:,} in neither table" if elsewhere else ""
    if verdict is not None and elsewhere == verdict.gaps:
        where = f"{verdict.gaps:,} offsets without a record" if verdict.gaps else ""
    return (
        *_sent(verdict, status),
        _in_topic(verdict, topic),
        FlowStep("read by the job", read, where),
        FlowStep("landed", landed, f"in {pipeline.event_table.name}"),
        FlowStep("rejected", rejected, f"in {pipeline.rejected_table.name}"),
    )


def _sent(verdict: Verdict | None, status: KitStatus) -> tuple[FlowStep, FlowStep]:
    ledger = None if verdict is None else verdict.ledger
    if ledger is not None:
        failed = f"{ledger.failed:,} failed" if ledger.failed else ""
        return (
            FlowStep("sent", ledger.produced, "records of the producers' ledgers"),
            FlowStep("acknowledged", ledger.acknowledged, failed or "by the broker"),
        )
    sent = FlowStep("sent", None, "known after a check" if verdict is None else "no ledger of a producer")
    if (last := status.acknowledged_at_least) is not None:
        return sent, FlowStep("acknowledged", last.count, "at least; the producer has ended")
    known = "by the broker" if status.acknowledged is not None else "known while a producer runs"
    return sent, FlowStep("acknowledged", status.acknowledged, known)


def _in_topic(verdict: Verdict | None, topic: int | None) -> FlowStep:
    ledger = None if verdict is None else verdict.ledger
    if topic is not None:
        return FlowStep("in the topic", topic, "offsets, now")
    if ledger is not None:
        others = f"{ledger.from_others:,} from another producer" if ledger.from_others else ""
        return FlowStep("in the topic", ledger.in_topic, others or "records, at the check")
    return FlowStep("in the topic", None, "the broker does not run")
