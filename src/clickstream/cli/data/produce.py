"""`clickstream produce`: seeded events, or those of a file, into the topic or onto the terminal."""

import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from clickstream.cli.printing.terminal import show_text, stopping_in_order, tell
from clickstream.cli.setting_options import FAULTS, with_settings

SAMPLE_EVENTS = 10
_MOST_EVENTS = 10**18
"""Indices of events are 64-bit integers; skipped and counted ones together stay well below their end."""


@with_settings(
    *("MSGS_PER_SEC", "SEED", "START_TIME", "TRAFFIC", "PRODUCERS", "MSG_KEY", "UNIFORM"),
    *(*FAULTS, "LATE_SECONDS", "FUTURE_SECONDS"),
)
def produce(
    given: dict[str, Any],
    count: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST_EVENTS, metavar="COUNT", help="Stop after this many records."),
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="Stop after this much event time, such as 10m."),
    ] = None,
    skip: Annotated[
        int,
        typer.Option(min=0, max=_MOST_EVENTS, metavar="COUNT", help="Skip this many events of the stream."),
    ] = 0,
    from_file: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|-", help="Send a file or standard input instead of generated events."
        ),
    ] = None,
    pace: Annotated[
        str | None,
        typer.Option(metavar="event-time|event-time:SPEED", help="Send a file at the pace of its events."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send a file again, from its beginning.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Send in real time, even with a start time.")] = False,
    stdout: Annotated[
        bool,
        typer.Option("--stdout", help="Print the messages (of generated ones ten), without a broker."),
    ] = False,
) -> None:
    """Produce seeded events, live or simulated.

    Without a start time, events have the current time and are sent at MSGS_PER_SEC until Ctrl-C. With a start
    time, time is simulated, and --count or --duration sets the end. The same seed and start time give the
    same records. --skip continues where a run ended. --producers uses several processes.

    With --from, events come from a file: NDJSON, CSV or Parquet, at full speed, at --rate, or at their own
    --pace. The same command continues where it was stopped.

    Example: clickstream produce --count 20000 --start-time 2026-01-01
    """
    from clickstream.broker.config import acks_warning
    from clickstream.cli.printing.logs import log_to_stderr
    from clickstream.clock import SystemClock
    from clickstream.contract.part_names import PRODUCER
    from clickstream.pipeline.heartbeat import Heartbeat
    from clickstream.pipeline.produce import produce as production
    from clickstream.pipeline.produce.from_file import plan_of_file, refuse_options
    from clickstream.settings import load

    settings, _ = load(given)
    options = {
        "--start-time": given["START_TIME"],
        "--producers": given["PRODUCERS"],
        "--uniform": given["UNIFORM"],
        "--duration": duration,
        "--live": live,
        "--pace": pace,
        "--again": again,
    }
    refuse_options(
        [name for name, value in options.items() if value not in (None, False)],
        with_file=from_file is not None,
    )
    if from_file is None:
        plan = production.plan(settings.generator, count=count, duration=duration, live=live, skip=skip)
    else:
        at_rate = given["MSGS_PER_SEC"] is not None
        plan = plan_of_file(
            settings, from_file, count=count, skip=skip, pace=pace, at_rate=at_rate, again=again
        )
    if stdout:
        shown = replace(plan, count=SAMPLE_EVENTS) if plan.count is None and not plan.source else plan
        for value in production.sample(settings, shown, SystemClock()):
            sys.stdout.buffer.write((value or b"") + b"\n")
        sys.stdout.flush()
        return
    clock = SystemClock()
    if not sys.stderr.isatty():
        log_to_stderr(clock)
    for line in acks_warning(settings.broker):
        tell(line)
    heartbeat = Heartbeat(settings.paths.state.absolute(), PRODUCER, clock)
    with stopping_in_order() as stop_requested, heartbeat.noting_the_end():
        counts = production.produce(
            settings,
            plan,
            clock=clock,
            stop_requested=stop_requested,
            on_ack=lambda place: tell(f"[ack] {place}"),
            on_counts=heartbeat.delivered,
            on_note=tell,
        )
    show_text(
        f"produced {counts.produced:,} · acknowledged {counts.acknowledged:,} · failed {counts.failed:,}"
    )
