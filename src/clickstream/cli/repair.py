"""`clickstream repair`: what is damaged, landed anew."""

from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.asking import ask
from clickstream.cli.terminal import download_bar, show_text, tell

if TYPE_CHECKING:
    from clickstream.check.repair_plan import RepairPlan


def repair(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Repair without asking.")] = False,
) -> None:
    """Land missing and damaged batches anew from the topic, and say exactly what is lost.

    Sound batches are never touched. What was repaired is marked: its rows are the checker's own, and the
    check says so. Refuses while the job runs. Exit 0: nothing is lost, 1: something is, 3: could not look.

    Example: clickstream repair --dry-run
    """
    from clickstream.clock import SystemClock
    from clickstream.pipeline.repair import repair_run
    from clickstream.report import repair as report
    from clickstream.settings import load

    settings, _ = load()
    written = False

    def may_write(plan: "RepairPlan") -> bool:
        nonlocal written
        if dry_run:
            return False
        show_text(report.plan(plan, settings.paths.run_id))
        ask("Repair it?", otherwise="Nothing was repaired.", to_do_it="to repair it", yes=yes)
        written = True
        return True

    with download_bar("fetching Apache Kafka") as bar:
        plan = repair_run(settings, may_write=may_write, clock=SystemClock(), on_stage=tell, on_download=bar)
    if written:
        show_text(report.done(plan))
    else:
        show_text(report.plan(plan, settings.paths.run_id))
    raise typer.Exit(1 if plan.losses else 0)
