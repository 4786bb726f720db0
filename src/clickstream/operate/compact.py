"""Merging the small files that a run's old batches have landed in."""

from clickstream.clock import Clock
from clickstream.duration import Duration
from clickstream.errors import CouldNotCheck
from clickstream.pipeline.places import layout_of
from clickstream.settings import Settings
from clickstream.sinks.compacting import Compaction, compact


def compact_run(settings: Settings, *, keep: int, remove_after: Duration, clock: Clock) -> Compaction:
    """Merge what the run of these settings has landed; the job may go on meanwhile.

    Raises:
        CouldNotCheck: nothing has landed there.
        RunInProgress: another compaction of it is running.
        OutputDamaged: a record or a file is not as it landed.
        FolderNotWritable: the output cannot be written.
    """
    layout = layout_of(settings.paths)
    if not layout.output_terms_path().exists():
        raise CouldNotCheck(
            f"Nothing has landed in {layout.output}.",
            next_step="Start the pipeline with `clickstream up`, or set OUTPUT_PATH and RUN_ID to a run's.",
        )
    return compact(layout, settings.sink, keep=keep, remove_after=remove_after, clock=clock)
