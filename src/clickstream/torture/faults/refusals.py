"""Starts that would spoil a run: each is refused, with its reason, and nothing has changed."""

import random
import shutil
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.query_log import batches_in
from clickstream.settings import PIPELINE
from clickstream.torture.arena import Arena
from clickstream.torture.children import NOT_READY
from clickstream.torture.fault import faults
from clickstream.torture.run_files import refused, restored

_OTHER_SETTINGS = {
    **{window.name: "11 seconds" for window in PIPELINE.windows},
    "WATERMARK_DELAY": "6 seconds",
    "SPARK_SQL_SHUFFLE_PARTITIONS": "2",
    "KAFKA_STARTING_OFFSETS": "latest",
    "FUTURE_TOLERANCE": "1 hour",
}


def setting_changed(arena: Arena, chance: random.Random) -> str:
    """A setting that belongs to the checkpoint is changed: a start is refused with setting and value."""
    name = chance.choice(sorted(_OTHER_SETTINGS))
    other = _OTHER_SETTINGS[name]
    begun = f"{name} is {other}, but the checkpoint {arena.layout.checkpoint} began with"
    refused(arena, begun, f"Set {name} to", **{name: other})
    return name


def checkpoint_deleted(arena: Arena, _chance: random.Random) -> str:
    """The checkpoint is deleted: a start is refused."""
    checkpoint = arena.layout.checkpoint
    _deleted(arena, checkpoint, f"has landed batches, the checkpoint {checkpoint} is gone")
    return "refused"


def checkpoint_of_one_query_deleted(arena: Arena, chance: random.Random) -> str:
    """The checkpoint of one query is deleted: a start is refused."""
    query = chance.choice(QUERIES)
    checkpoint = arena.layout.query_checkpoint(query)
    _deleted(arena, checkpoint, f"the output has batches of {query}, the checkpoint {checkpoint} is gone")
    return query


def output_deleted(arena: Arena, _chance: random.Random) -> str:
    """The output is deleted: a start is refused."""
    output, checkpoint = arena.layout.output, arena.layout.checkpoint
    _deleted(arena, output, f"the checkpoint {checkpoint} has no output of its run in {output}")
    return "refused"


def checkpoint_file_spoiled(arena: Arena, chance: random.Random) -> str:
    """A file of the checkpoint is emptied or overwritten: a start is refused and names it."""
    query = chance.choice(QUERIES)
    checkpoint = arena.layout.query_checkpoint(query)
    newest = batches_in(checkpoint / "commits")[-1]
    victim = chance.choice(
        (checkpoint / "metadata", checkpoint / "offsets" / str(newest), checkpoint / "commits" / str(newest))
    )
    with restored(victim):
        victim.write_bytes(chance.choice((b"", b"garbage", b"\x00" * 64)))
        refused(arena, f"{victim} cannot be read:")
    return f"{query}/{victim.relative_to(checkpoint)}"


def second_job(arena: Arena, _chance: random.Random) -> str:
    """A second job starts on the checkpoint: it is refused, and the first one continues."""
    arena.produce(300)  # without anything new a job lands no batch
    first = arena.job_that_goes_on()
    arena.jvm_of(first)
    second = arena.job()
    second.expect_exit(NOT_READY)
    second.expect_words(f"Another job runs on the checkpoint {arena.layout.checkpoint}")
    arena.wait_until_all_is_read(first)
    arena.stop(first)
    return "refused"


def _deleted(arena: Arena, folder: Path, words: str) -> None:
    with restored(folder):
        shutil.rmtree(folder)
        refused(arena, words)
        folder.mkdir(exist_ok=True)  # the refused job may have made it


FAULTS = faults(
    setting_changed,
    checkpoint_deleted,
    checkpoint_of_one_query_deleted,
    output_deleted,
    checkpoint_file_spoiled,
    second_job,
)
