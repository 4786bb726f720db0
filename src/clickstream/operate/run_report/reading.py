"""The report of a run, put together from all that is known of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.run.run_file import UnusableTerms, read_terms
from clickstream.contract.status import KitStatus, PartState
from clickstream.contract.topic import TopicStatus
from clickstream.errors import ClickstreamError, CouldNotCheck
from clickstream.moment import written_ms
from clickstream.operate.parts.differences import writes_elsewhere
from clickstream.operate.run_report.flow import flow_of
from clickstream.operate.run_report.history import RunHistory
from clickstream.operate.run_report.how_it_ran import (
    repeat_demo,
    repeat_run,
    setting_facts,
    used_values,
    versions,
)
from clickstream.operate.run_report.landed_tables import LandedTables
from clickstream.operate.run_report.over_time import charts_of
from clickstream.operate.status.kit_status import StatusReader
from clickstream.pipeline.demo.demo_settings import default_demo_folder, read_ran_with
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.verify.last_verdict import LastVerdict, just_made, last_verdict
from clickstream.report.commands import command, from_here, pasteable
from clickstream.report.run_report import (
    Chart,
    Outcome,
    PartFacts,
    QueryFacts,
    RunReport,
)
from clickstream.report.verdict.as_text import last_line
from clickstream.settings import Settings

_STATUS_STAYS_S = 4.0


class ReportReader:
    """Reads the report of the run of these settings, as often as it is asked; each time only what is new.

    Args:
        settings: the run's.
        clock: when it is read.
        demo_folder: the folder of the demo whose run it is, None for another run.
    """

    def __init__(self, settings: Settings, clock: Clock, *, demo_folder: Path | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._layout = layout_of(settings.paths)
        self._history = RunHistory(self._layout, settings.pipeline)
        self._status = StatusReader(settings, clock)
        self._last_status: tuple[float, KitStatus] | None = None
        self._demo_folder = demo_folder
        self._versions = versions(settings)
        self._demo = None if demo_folder is None else read_ran_with(settings.paths.state)
        self._values = self._demo.settings if self._demo else used_values(settings)
        self._tables = LandedTables(self._layout, settings.pipeline, self._history, clock)
        self._charts: tuple[Chart, ...] = ()
        self._drawn_of: object = None

    def read(self, *, verdict: Verdict | None = None, error: ClickstreamError | None = None) -> RunReport:
        """The report now, with the `verdict` or `error` of a check that just ended; else the last verdict."""
        unusable = self._unusable()
        if unusable is None:
            self._history.update()
        else:
            error = error or CouldNotCheck(unusable.sentence, next_step=unusable.next_step)
        status = self._status_now()
        elsewhere = writes_elsewhere(self._settings)
        last = (
            last_verdict(self._layout) if verdict is None else just_made(self._layout, verdict, self._clock)
        )
        since = last.batches_since(self._history.count) if last else 0
        verdict = last.verdict if last else None
        # A query has a lag only if the topic is the one that the run reads.
        lags = {} if elsewhere else {query.query: query.lag for query in status.queries}
        topic = status.topic if any(lag is not None for lag in lags.values()) else None
        has_landed = any(self._history.count.values())
        self._draw(last, topic)
        started = tuple(part for part in status.parts if part.state is not PartState.STOPPED or part.pid)
        return RunReport(
            pipeline=self._settings.pipeline.name,
            run=self._settings.paths.run_id,
            output=str(self._layout.output),
            written_at=self._clock.now(),
            outcome=self._outcome(last, since, error),
            verdict=verdict,
            flow=flow_of(
                self._history,
                self._settings.pipeline,
                None if since else verdict,
                status,
                None if topic is None else topic.offset_count,
            ),
            rejected=dict(self._history.rejected.most_common()),
            late=_late(verdict),
            queries=self._queries(lags),
            parts=tuple(PartFacts(part.name, part.state, part.address) for part in started),
            charts=self._charts if has_landed else (),
            tables=self._tables.facts() if has_landed else (),
            settings=setting_facts(self._values),
            versions=self._versions,
            repeat=self._repeat(verdict),
            notes=self._notes(status, started=bool(started)),
        )

    def _status_now(self) -> KitStatus:
        """The kit's status, at most a few seconds old: it costs as much as all the rest."""
        now_s = self._clock.monotonic_s()
        if self._last_status is None or now_s - self._last_status[0] >= _STATUS_STAYS_S:
            self._last_status = (now_s, self._status.read())
        return self._last_status[1]

    def _unusable(self) -> UnusableTerms | None:
        """Why the run cannot be read, such as another contract; None if it can."""
        try:
            read_terms(self._layout, self._settings.pipeline)
        except UnusableTerms as error:
            return error
        return None

    def _outcome(self, last: LastVerdict | None, since: int, error: ClickstreamError | None) -> Outcome:
        if error is not None:
            return Outcome("could_not_check", error.sentence, pasteable(error.next_step), error.details)
        if last is None:
            if not any(self._history.count.values()):
                start = f"Start the pipeline: `{command('up')}`."
                return Outcome("not_checked", f"Nothing has landed in {self._layout.output} yet.", start)
            check = command("check", *self._of_demo())
            return Outcome(
                "not_checked",
                "The landed rows have not been compared with the topic.",
                f"Compare them: `{check}`.",
            )
        result = "pass" if last.verdict.passed else "fail"
        sentence = last_line(last.verdict).partition(": ")[2]
        if last.verdict.passed:  # that of a failure may begin with a path
            sentence = f"{sentence[:1].upper()}{sentence[1:]}"
        sentence = f"{sentence}."
        return Outcome(result, sentence, checked_at=last.checked_at, batches_since=since)

    def _of_demo(self) -> tuple[str, ...]:
        if self._demo_folder is None:
            return ()
        is_default = self._demo_folder == default_demo_folder()
        return ("--demo",) if is_default else ("--demo", "--folder", from_here(self._demo_folder))

    def _queries(self, lags: Mapping[str, int | None]) -> tuple[QueryFacts, ...]:
        return tuple(
            QueryFacts(
                query=query,
                batches=self._history.count[query],
                newest_batch=batches[-1].batch_id,
                records=self._history.offsets_read[query],
                begun_at=datetime.fromtimestamp(begun_s, UTC)
                if (begun_s := self._history.begun_s.get(query)) and not self._history.is_copy
                else None,
                landed_at=datetime.fromtimestamp(batches[-1].landed_at_s, UTC),
                watermark=written_ms(batches[-1].watermark_ms, digits=0) if batches[-1].watermark_ms else "",
                lag=lags.get(query),
            )
            for query, batches in self._history.batches.items()
            if batches
        )

    def _draw(self, last: LastVerdict | None, topic: TopicStatus | None) -> None:
        """Draw the charts again if anything has landed or was checked since."""
        state = (dict(self._history.count), last and last.checked_at)
        if state != self._drawn_of:
            topic_ends = None if topic is None else sum(end for _, end in topic.offsets.values())
            self._charts = charts_of(self._history, last.verdict if last else None, topic_ends)
            self._drawn_of = state

    def _repeat(self, verdict: Verdict | None) -> tuple[str, ...]:
        if self._demo is not None:
            return repeat_demo(self._values, self._demo.events)
        ledger = None if verdict is None else verdict.ledger
        return repeat_run(self._values, None if ledger is None else ledger.produced)

    def _notes(self, status: KitStatus, *, started: bool) -> tuple[str, ...]:
        """Facts that are missing, and why; if the kit does not run, only damage of the run's files."""
        unreadable = self._history.unreadable
        damaged = (
            f"Batch records that cannot be read: {len(unreadable)}, such as {unreadable[0]}."
            if unreadable
            else ""
        )
        copied = (
            "Batch records are newer than the batches after them, as after a copy. Charts show each batch at"
            " the time when Spark planned it. To keep the times of files, copy with `cp -a` or `tar`."
            if self._history.is_copy
            else ""
        )
        notes = status.notes if started else ()
        return tuple(filter(None, (damaged, copied, *(note for note in notes if note != damaged))))


def _late(verdict: Verdict | None) -> Mapping[str, int]:
    tables = () if verdict is None else verdict.tables
    return {t.table: t.late_events_dropped for t in tables if t.late_events_dropped is not None}
