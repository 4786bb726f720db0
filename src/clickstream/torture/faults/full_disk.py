"""The output cannot be written while the job runs: it reports that, and writes no batch record."""

import random

import psutil

from clickstream.contract.definition.tables import QUERIES, Kind
from clickstream.contract.run.layout import FORMATS
from clickstream.contract.run.recorded_batches import record_of
from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.children import NOT_READY
from clickstream.torture.fault import faults

_NO_ROOM_BYTES = 4_096


def output_not_writable(arena: Arena, chance: random.Random) -> str:
    """A table's folder is not writable: the job reports it, writes no record, and is exact afterwards."""
    arena.produce(300)
    table = chance.choice(
        [table for table in arena.settings.pipeline.tables if table.kind is not Kind.REJECTED]
    )
    folder = arena.layout.table_dir(table.name, chance.choice(FORMATS))
    job = arena.job_that_goes_on()
    arena.wait_until_all_is_read(job)
    # A file in the place of the folder: not even the superuser can write into it.
    away = folder.with_name(f"{folder.name}-away")
    folder.rename(away)
    try:
        folder.write_bytes(b"")
        arena.produce(300)
        arena.ended(job, NOT_READY)
    finally:
        folder.unlink()
        away.rename(folder)
    job.expect_words(f"{arena.layout.output} cannot be written")
    return f"{table.name}/{folder.name}: {_nothing_declared(arena, table.query)}"


def disk_full(arena: Arena, _chance: random.Random) -> str:
    """The disk is full: the job reports it, writes no record, and is exact afterwards."""
    if not hasattr(psutil.Process, "rlimit"):
        raise FaultMissed("this system sets no limit on the files of a running process")
    arena.produce(2_000)
    job = arena.job()
    # Before its first batch the JVM unpacks what it compresses with.
    arena.wait_until(
        lambda: {batch.query for batch in job.batches()} == {*QUERIES},
        "a batch of each query had landed",
        job,
    )
    if not job.allow_files_of(_NO_ROOM_BYTES):
        job.expect_exit(0)
        raise FaultMissed("the job had ended before")
    arena.ended(job, NOT_READY)
    job.expect_words("cannot be written")
    if not arena.open_batches:
        raise job.failed("The disk was full, and no batch was cut off.")
    return f"reported; {len(arena.open_batches)} batches to compute again"


def _nothing_declared(arena: Arena, query: str) -> str:
    """The batch that could not be written is open, and has no record."""
    cut_off = arena.open_batches.of(query)
    if len(cut_off) != 1 or any(record_of(arena.layout, *batch) for batch in cut_off):
        raise FaultNotSurvived(f"{query} could not write, and these batches are open: {arena.open_batches}.")
    return "reported, and no record written"


FAULTS = faults(output_not_writable, disk_full)
