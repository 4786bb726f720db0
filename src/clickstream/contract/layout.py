"""Every path of a run, in one place.

    OUTPUT_PATH/RUN_ID/                   CHECKPOINT_PATH/RUN_ID/
      <table>/parquet/*.parquet             <query>/      Spark's own: offsets, commits, sources, state
      <table>/csv/*.csv                     run.json      the run's terms, as in the output
      _landed/run.json
      _landed/<query>/<batch>.json          the batch records: readers trust these alone
      _staging/                             what a batch writes before it lands; never read
    OUTPUT_PATH/_sent/*.jsonl             what was sent, a ledger per producer; of all runs, as the topic is

Names that begin with an underscore are passed over by Spark's and Hadoop's readers.
"""

from dataclasses import dataclass
from pathlib import Path

FORMATS: tuple[str, ...] = ("parquet", "csv")


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one run below its output and its checkpoint folder, both absolute."""

    output: Path
    checkpoint: Path

    def table_dir(self, table: str, file_format: str) -> Path:
        """Where the landed files of one table and format lie."""
        return self.output / table / file_format

    def staging_dir(self, query: str, batch_id: int) -> Path:
        """Where one batch writes before it lands."""
        return self.output / "_staging" / query / f"{batch_id:012d}"

    def records_dir(self, query: str) -> Path:
        """Where the batch records of one query lie."""
        return self.output / "_landed" / query

    def record_path(self, query: str, batch_id: int) -> Path:
        """The record that says that one batch of one query has landed."""
        return self.records_dir(query) / f"{batch_id:012d}.json"

    def record_paths(self, query: str) -> list[Path]:
        """All batch records of one query that exist now, by batch id."""
        return sorted(self.records_dir(query).glob("[0-9]*.json"), key=lambda path: int(path.stem))

    def sent_dir(self) -> Path:
        """Where producers keep their ledgers: a topic outlives runs, so they lie beside the runs' folders."""
        return self.output.parent / "_sent"

    def output_terms_path(self) -> Path:
        """The run's terms, beside the output."""
        return self.output / "_landed" / "run.json"

    def checkpoint_terms_path(self) -> Path:
        """The run's terms, beside the checkpoints."""
        return self.checkpoint / "run.json"

    def query_checkpoint(self, query: str) -> Path:
        """Spark's checkpoint of one query."""
        return self.checkpoint / query

    def landed_name(self, batch_id: int, part: int, file_format: str) -> str:
        """The name of one landed file: the same for every try of the batch."""
        return f"batch-{batch_id:012d}-{part:05d}.{file_format}"
