"""What to do with a run that a replay has made."""

from clickstream.report.commands import from_here, pasteable
from clickstream.settings import PathSettings


def how_to_use(paths: PathSettings) -> str:
    """Where the run is, and how to look at it and to continue it."""
    run = f"RUN_ID={paths.run_id}"
    show = pasteable(f"{run} clickstream show page_metrics")
    return (
        f"look at it   {show}   (the files are in {from_here(paths.output / paths.run_id)})\n"
        f"continue it  set {run} in .env, then start the job"
    )
