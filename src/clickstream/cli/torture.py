"""`clickstream torture`: injects faults and verifies the output after each."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.parameters import path_option
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show, show_text, stopping_in_order, tell

TORTURE_FOLDER = Path("data/torture")


def torture(
    seed: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="Set the seed of the faults.")] = 1,
    rounds: Annotated[
        int, typer.Option(min=1, max=100_000, metavar="COUNT", help="Inject this many faults.")
    ] = 10,
    first: Annotated[
        int, typer.Option("--from", min=1, metavar="NUMBER", help="Begin with this round of --rounds.")
    ] = 1,
    only: Annotated[
        str | None, typer.Option(metavar="FAULT", help="Inject this fault only; see --list.")
    ] = None,
    folder: Annotated[
        Path | None,
        path_option("--folder", "PATH", "Run in this folder, emptied at every start.", "data/torture"),
    ] = None,
    list_faults: Annotated[bool, typer.Option("--list", help="List the faults and end.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print lists and tables as Markdown.")
    ] = False,
) -> None:
    """Inject faults and verify the output after each.

    Starts a broker, produces events, runs the job, and injects faults in an order that the seed decides.
    After each fault, the landed rows must be those of an undisturbed run. Stops at the first difference, and
    prints the command that repeats it.

    Example: clickstream torture --seed 7 --rounds 40
    """
    from clickstream.clock import SystemClock
    from clickstream.errors import CouldNotCheck, UsageError
    from clickstream.pipeline.broker_access import jvm_parts
    from clickstream.pipeline.demo.own_folder import empty_own_folder
    from clickstream.pipeline.start.start_checks import refuse_machine
    from clickstream.report.torture import (
        faults_markdown,
        faults_table,
        round_line,
        rounds_markdown,
        rounds_table,
        torture_verdict,
    )
    from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA
    from clickstream.settings import in_project, load
    from clickstream.torture.rounds import FAULTS, inject_faults

    if list_faults:
        promise_of = {fault.name: fault.promise for fault in FAULTS}
        if as_markdown:
            show_text(faults_markdown(promise_of))
        else:
            show(faults_table(promise_of))
        return
    if only is not None and only not in {fault.name for fault in FAULTS}:
        raise UsageError(f"There is no fault {only}.", next_step="See `clickstream torture --list`.")
    if first > rounds:
        raise UsageError(
            f"There is no round {first} among {rounds}.", next_step="Set --rounds to the last round."
        )
    where = folder or in_project(TORTURE_FOLDER)
    settings, _ = load()
    clock = SystemClock()
    heaps = [settings.stream.driver_memory, settings.runtime.embedded_kafka_memory]
    refuse_machine(settings, heaps, tell)
    empty_own_folder(where, "torture", ("output", "checkpoints", "state", "other-state", "said"))
    with stopping_in_order() as stop_requested, stages() as on_stage:
        jvm_parts(settings, SPARK_KAFKA, on_stage.download)
        kafka = jvm_parts(settings, KAFKA, on_stage.download)
        survived = []
        for each in inject_faults(
            where,
            kafka,
            seed=seed,
            rounds=rounds,
            clock=clock,
            stop_requested=stop_requested,
            only=only or "",
            first=first,
        ):
            survived.append((each.fault, each.duration_s, each.hit))
            show_text(round_line(each.number, rounds, each.fault, each.outcome, each.duration_s))
    if as_markdown:
        show_text(rounds_markdown(survived))
    else:
        show(rounds_table(survived))
    hits = [hit for _, _, hit in survived]
    if not any(hits):
        raise CouldNotCheck("No fault was injected: all missed.", next_step="Run it with more --rounds.")
    show_text(torture_verdict(hits, seed))
