"""`clickstream produce`: seeded events into the topic, or a sample of them onto the terminal."""

import sys
from dataclasses import replace
from typing import Annotated

import typer

from clickstream.cli.terminal import show_text, stopping_in_order, tell

SAMPLE_EVENTS = 10
_MOST_EVENTS = 10**18
"""Indices of events are 64-bit integers; skipped and counted ones together stay well below their end."""


def produce(
    count: Annotated[
        int | None, typer.Option(min=1, max=_MOST_EVENTS, help="Stop after this many records.")
    ] = None,
    duration: Annotated[
        str | None, typer.Option(help="Stop after this much event time, such as 10m.")
    ] = None,
    rate: Annotated[str | None, typer.Option(help="Events per second (MSGS_PER_SEC).")] = None,
    seed: Annotated[str | None, typer.Option(help="Chooses the whole stream (SEED).")] = None,
    start_time: Annotated[
        str | None,
        typer.Option(help="Date or time of the first event; produces at full speed (START_TIME)."),
    ] = None,
    skip: Annotated[
        int,
        typer.Option(
            min=0, max=_MOST_EVENTS, help="Begin with the event after this many: go on where a run ended."
        ),
    ] = 0,
    traffic: Annotated[
        str | None,
        typer.Option(help="constant, ramp:10m:300%, wave:10m:150% or burst:30s:300% (TRAFFIC)."),
    ] = None,
    producers: Annotated[
        str | None, typer.Option(help="Processes that send the stream between them (PRODUCERS).")
    ] = None,
    key: Annotated[str | None, typer.Option(help="The records' key: user_id or none (MSG_KEY).")] = None,
    uniform: Annotated[
        bool, typer.Option("--uniform", help="Draw every field on its own, without sessions (UNIFORM).")
    ] = False,
    late_rate: Annotated[
        str | None, typer.Option(help="Share of late events, such as 0.1 or 10% (LATE_RATE).")
    ] = None,
    late_seconds: Annotated[
        str | None, typer.Option(help="Maximum lateness, in seconds or such as 5m (LATE_SECONDS).")
    ] = None,
    future_rate: Annotated[
        str | None, typer.Option(help="Share of events from clocks that are ahead (FUTURE_RATE).")
    ] = None,
    future_seconds: Annotated[
        str | None,
        typer.Option(help="How far they are ahead at most, in seconds or such as 5m (FUTURE_SECONDS)."),
    ] = None,
    duplicate_rate: Annotated[
        str | None, typer.Option(help="Share of records that are sent twice (DUPLICATE_RATE).")
    ] = None,
    out_of_order: Annotated[
        str | None,
        typer.Option(
            "--out-of-order",
            help="Share of records sent after their next one, at most 0.5 (OUT_OF_ORDER_RATE).",
        ),
    ] = None,
    missing_field_rate: Annotated[
        str | None, typer.Option(help="Share of events that lack a field (MISSING_FIELD_RATE).")
    ] = None,
    malformed_rate: Annotated[
        str | None, typer.Option(help="Share of broken messages, such as 0.1 or 10% (MALFORMED_RATE).")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Keep to the clock also with a start time; needs no end.")
    ] = False,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the messages instead of sending them; needs no broker.")
    ] = False,
) -> None:
    """Produce seeded events: live at a rate, or a simulated period at full speed.

    Without a start time, events carry the present time and are sent at MSGS_PER_SEC until Ctrl-C. With one,
    the time is simulated and --count or --duration says where it ends. The same seed and start time give the
    same records, however they are cut: --skip goes on where a run ended, --producers shares the work.

    Example: clickstream produce --count 20000 --rate 100 --start-time 2026-01-01
    """
    from clickstream.broker.guarantees import fallen_guarantees
    from clickstream.cli.logs import log_to_stderr
    from clickstream.clock import SystemClock
    from clickstream.pipeline import produce as production
    from clickstream.pipeline.heartbeat import PRODUCER, Heartbeat
    from clickstream.settings import load

    settings, _ = load(
        {
            "MSGS_PER_SEC": rate,
            "SEED": seed,
            "START_TIME": start_time,
            "TRAFFIC": traffic,
            "PRODUCERS": producers,
            "MSG_KEY": key,
            "UNIFORM": uniform or None,
            "LATE_RATE": late_rate,
            "LATE_SECONDS": late_seconds,
            "FUTURE_RATE": future_rate,
            "FUTURE_SECONDS": future_seconds,
            "DUPLICATE_RATE": duplicate_rate,
            "OUT_OF_ORDER_RATE": out_of_order,
            "MISSING_FIELD_RATE": missing_field_rate,
            "MALFORMED_RATE": malformed_rate,
        }
    )
    plan = production.plan(settings.generator, count=count, duration=duration, live=live, skip=skip)
    if stdout:
        shown = replace(plan, count=SAMPLE_EVENTS if plan.count is None else plan.count)
        for value in production.sample(settings, shown, SystemClock()):
            sys.stdout.buffer.write((value or b"") + b"\n")
        sys.stdout.flush()
        return
    clock = SystemClock()
    if not sys.stderr.isatty():
        log_to_stderr(clock)
    for line in fallen_guarantees(settings.broker):
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
        )
    show_text(
        f"produced {counts.produced:,} · acknowledged {counts.acknowledged:,} · failed {counts.failed:,}"
    )
