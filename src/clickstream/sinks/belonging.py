"""Do a checkpoint and an output tell of the same batches? Looked at once, before a run begins."""

import json
from pathlib import Path

from clickstream.contract.batch import BatchRecord
from clickstream.contract.layout import Layout
from clickstream.contract.tables import QUERIES


def what_is_apart(layout: Layout) -> str | None:
    """The first sign that the output's records and Spark's checkpoints are not of one run; None for none.

    A batch that has landed but is not committed, or is logged but has not landed, is what a crash leaves,
    and no sign of anything.
    """
    for query in QUERIES:
        checkpoint = layout.query_checkpoint(query)
        committed = _last_committed(checkpoint)
        paths = layout.record_paths(query)
        if not paths and committed is None:
            continue
        if not paths or int(paths[-1].stem) < (committed if committed is not None else 0):
            return f"{checkpoint} has committed batch {committed}, the output has no record of it"
        query_id = _query_id(checkpoint)
        try:
            record = BatchRecord.from_json(paths[-1].read_text(encoding="utf-8"))
        except ValueError as error:
            return f"the record {paths[-1]} cannot be read: {error}"
        if query_id is None:
            return f"the output has batches of {query}, the checkpoint {checkpoint} is gone"
        if query_id != record.query_id:
            return f"{paths[-1]} is of the query {record.query_id}, {checkpoint} of {query_id}"
    return None


def _last_committed(checkpoint: Path) -> int | None:
    commits = [int(path.name) for path in (checkpoint / "commits").glob("*") if path.name.isdigit()]
    return max(commits, default=None)


def _query_id(checkpoint: Path) -> str | None:
    try:
        return str(json.loads((checkpoint / "metadata").read_text(encoding="utf-8"))["id"])
    except (FileNotFoundError, ValueError, LookupError):
        return None
