"""A run as a job leaves it: its terms, a checkpoint with one batch, and that batch's one landed file."""

import hashlib
from pathlib import Path

from clickstream.clicks import CLICKS
from clickstream.contract.run.batch_record import BatchRecord, LandedFile, LandedTable
from clickstream.pipeline.run import layout_of, run_terms
from clickstream.settings import Settings
from clickstream.sinks.start.run_terms import claim
from spark_checkpoint import committed

LANDED = "page_metrics/csv/batch-000000000000-00000.csv"


def begin_run(settings: Settings) -> Path:
    """Begin a run with these settings and land a batch of page_metrics; the path of its file."""
    layout = layout_of(settings.paths)
    terms = claim(layout, run_terms(settings), CLICKS)
    file = layout.output / LANDED
    file.parent.mkdir(parents=True)
    file.write_bytes(b"rows")
    entry = LandedFile(LANDED, 1, 4, hashlib.sha256(b"rows").hexdigest())
    tables = {"page_metrics": LandedTable(1, (), (entry,))}
    record = BatchRecord(terms.run_id, "aggregates", "q-1", 0, "events", {0: (0, 1)}, 0, 0, tables)
    path = layout.record_path("aggregates", 0)
    path.parent.mkdir(parents=True)
    path.write_text(record.to_json())
    committed(layout, "aggregates", 0)
    return file
