"""Every path of a run, in one place.

    OUTPUT_PATH/RUN_ID/                        CHECKPOINT_PATH/RUN_ID/
      <table>/parquet/[dt=…/]*.parquet           <query>/      Spark's own: offsets, commits, sources, state
      <table>/csv/[dt=…/]*.csv[.gz]              run.json      the run's terms, as in the output
      _landed/run.json
      _landed/skipped.json                       records of the topic that the run skips
      _landed/verdict.json                       the last verdict of a check
      _landed/<query>/<batch>.json               the batch records: readers read only what these list
      _staging/                                  what a batch writes before it lands; never read
    OUTPUT_PATH/_sent/*.jsonl                  what was sent, a ledger per producer; of all runs

Names that begin with an underscore are ignored by Spark's and Hadoop's readers. A `dt=` folder is there
if PARTITION_BY_DATE is set; the date is in the path only.
"""

import os
import re
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

FORMATS: tuple[str, ...] = ("parquet", "csv")

DATE_COLUMN = "dt"
NO_DATE = f"{DATE_COLUMN}=__HIVE_DEFAULT_PARTITION__"
"""The folder of rows without a date of the years 1 to 9999, as Hive, Spark and polars name a null."""
DATE_FOLDER = re.compile(rf"{DATE_COLUMN}=[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{NO_DATE}")

LANDED_NAME = re.compile(r"batch-(?P<batch>[0-9]{12})-(?P<part>[0-9]{5,})\.(?P<suffix>parquet|csv|csv\.gz)")
_LONGEST_STEM = 48
"""Leaves space for the ending: a run id has at most 64 characters."""

_RECORD_NAME = re.compile(r"[0-9]{12}\.json")


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one run below its output and its checkpoint folder, both absolute."""

    output: Path
    checkpoint: Path

    def of_run(self, run_id: str) -> "Layout":
        """The paths of another run beside this one."""
        return Layout(self.output.parent / run_id, self.checkpoint.parent / run_id)

    def is_there(self) -> bool:
        """Whether anything has been written for this run."""
        return any(os.path.lexists(folder) for folder in (self.output, self.checkpoint))

    def table_dir(self, table: str, file_format: str) -> Path:
        """The folder of the landed files of one table and format, some of them in folders by date."""
        return self.output / table / file_format

    def table_files(self, table: str, file_format: str) -> list[Path]:
        """What is in the folder of a table and format and in its folders by date, sorted."""
        folder = self.table_dir(table, file_format)
        names, folders = _listed(folder)
        for date in folders:
            if DATE_FOLDER.fullmatch(date):
                names += [f"{date}/{name}" for name in _listed(folder / date)[0]]
        return [folder / name for name in names]

    def staging_dir(self, query: str, batch_id: int, attempt: str) -> Path:
        """Where one try of a batch writes before it lands; no other try ever writes there."""
        return self.output / "_staging" / query / f"{batch_id:012d}-{attempt}"

    def records_dir(self, query: str) -> Path:
        """The folder of the batch records of one query."""
        return self.output / "_landed" / query

    def record_path(self, query: str, batch_id: int) -> Path:
        """The record that says that one batch of one query has landed."""
        return self.records_dir(query) / f"{batch_id:012d}.json"

    def record_paths(self, query: str) -> list[Path]:
        """The records of one query that exist now, by batch id."""
        named = (path for path in self.records_dir(query).glob("*.json") if _RECORD_NAME.fullmatch(path.name))
        return sorted(named, key=lambda path: int(path.stem))

    def sent_dir(self) -> Path:
        """Where producers keep their ledgers: beside the runs' folders, because a topic outlives runs."""
        return self.output.parent / "_sent"

    def output_terms_path(self) -> Path:
        """The run's terms, beside the output."""
        return self.output / "_landed" / "run.json"

    def checkpoint_terms_path(self) -> Path:
        """The run's terms, beside the checkpoints."""
        return self.checkpoint / "run.json"

    def skipped_path(self) -> Path:
        """The records of the topic that the run skips."""
        return self.output / "_landed" / "skipped.json"

    def verdict_path(self) -> Path:
        """The last verdict of a check."""
        return self.output / "_landed" / "verdict.json"

    def query_checkpoint(self, query: str) -> Path:
        """Spark's checkpoint of one query."""
        return self.checkpoint / query

    def landed_name(self, batch_id: int, part: int, suffix: str) -> str:
        """The name of one landed file, the same for every try of the batch; parts count over all dates."""
        return f"batch-{batch_id:012d}-{part:05d}.{suffix}"


def _listed(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in a folder, sorted; none where there is no folder."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                (folders if entry.is_dir() else files).append(entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    return sorted(files), sorted(folders)


def date_folder_of(path: str) -> str:
    """The folder by date that a file is in, such as `dt=2026-01-01`; empty if it is in none."""
    folder = path.split("/")[-2]
    return folder if DATE_FOLDER.fullmatch(folder) else ""


def local_uri(path: Path) -> str:
    """The path for Hadoop, on this machine's file system, for any default file system.

    Nothing is escaped: Hadoop's `Path` reads no escapes, so that `%20` would be three letters of a name.
    """
    return f"file://{path}"


def free_run_id(layout: Layout) -> str:
    """An id for a replay of this run: `<run>-replay`, or the first `<run>-replay-<n>` that is not in use."""
    stem = re.sub(r"-replay(-\d+)?$", "", layout.output.name)[:_LONGEST_STEM]
    candidates = chain([f"{stem}-replay"], (f"{stem}-replay-{number}" for number in count(2)))
    return next(run_id for run_id in candidates if not layout.of_run(run_id).is_there())


def ways_out(layout: Layout) -> str:
    """How to continue if a run is no longer usable, as commands that work when pasted; a line for each."""
    return (
        f"Replay the topic into a new run: `clickstream replay --run-id {free_run_id(layout)}`.\n"
        "Or remove this run and start over: `clickstream down && clickstream reset`."
    )
