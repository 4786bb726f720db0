"""Starts that would spoil a run: each is refused, with its reason, and nothing has changed."""

import random
import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

from clickstream.contract.tables import QUERIES
from clickstream.operate.torture.arena import Arena
from clickstream.operate.torture.damage import restored
from clickstream.operate.torture.fault import Fault

_USAGE, _NOT_READY = 2, 3
_NO_ROOM_BYTES = 4_096
_OTHER_SETTINGS = {
    "PAGE_WINDOW": "11 seconds",
    "GEO_WINDOW": "16 seconds",
    "SESSION_WINDOW": "12 seconds",
    "WATERMARK_DELAY": "6 seconds",
    "SPARK_SQL_SHUFFLE_PARTITIONS": "2",
    "KAFKA_STARTING_OFFSETS": "latest",
    "FUTURE_TOLERANCE": "1 hour",
}


def setting_changed(arena: Arena, chance: random.Random) -> str:
    """Another value of a setting that belongs to the checkpoint is refused, and the setting named."""
    name = chance.choice(sorted(_OTHER_SETTINGS))
    _refused(arena, name, **{name: _OTHER_SETTINGS[name]})
    return name


def checkpoint_deleted(arena: Arena, _chance: random.Random) -> str:
    """An output whose checkpoint is gone is refused."""
    with restored(arena.layout.checkpoint):
        shutil.rmtree(arena.layout.checkpoint)
        _refused(arena, "checkpoint")
        # What the refused job had made on its way.
        arena.layout.checkpoint.mkdir(exist_ok=True)
    return "refused"


def checkpoint_of_one_query_deleted(arena: Arena, chance: random.Random) -> str:
    """An output of which one query's checkpoint is gone is refused."""
    query = chance.choice(QUERIES)
    with restored(arena.layout.checkpoint):
        shutil.rmtree(arena.layout.query_checkpoint(query))
        _refused(arena, query)
    return query


def output_deleted(arena: Arena, _chance: random.Random) -> str:
    """A checkpoint whose output is gone is refused."""
    with restored(arena.layout.output):
        shutil.rmtree(arena.layout.output)
        _refused(arena, "output")
        arena.layout.output.mkdir(exist_ok=True)
    return "refused"


def checkpoint_file_spoiled(arena: Arena, chance: random.Random) -> str:
    """A file of the checkpoint that is empty or garbage is named, and nothing begins anew by itself."""
    query = chance.choice(QUERIES)
    checkpoint = arena.layout.query_checkpoint(query)
    newest = max(int(path.name) for path in (checkpoint / "commits").glob("[0-9]*"))
    victim = chance.choice(
        (checkpoint / "metadata", checkpoint / "offsets" / str(newest), checkpoint / "commits" / str(newest))
    )
    with restored(victim):
        victim.write_bytes(chance.choice((b"", b"garbage", b"\x00" * 64)))
        _refused(arena, victim.name)
    return f"{query}/{victim.relative_to(checkpoint)}"


def second_job(arena: Arena, _chance: random.Random) -> str:
    """A second job on the checkpoint is refused, and the first does not notice."""
    arena.produce(300)  # without anything new a job lands no batch
    first = arena.command("stream")
    arena.wait_until(lambda: first.jvm() is not None, "a running job", first)
    second = arena.job()
    second.expect_exit(_NOT_READY)
    second.expect_words("checkpoint")
    # Only a job that runs can be told to stop after its batch.
    arena.wait_until(lambda: len(first.batches()) >= 1, "a batch", first)
    first.signal(signal.SIGTERM)
    first.expect_exit(0)
    arena.note_end(first)
    return "refused"


def output_not_writable(arena: Arena, chance: random.Random) -> str:
    """Where a table's folder cannot be written the job says so, declares nothing, and is exact afterwards."""
    arena.produce(300)
    folder = arena.layout.output / "_landed" / chance.choice(QUERIES)
    with ExitStack() as undo:
        away = folder.with_name(f"{folder.name}-away")
        folder.rename(away)
        undo.callback(_put_back, away, folder)
        folder.write_bytes(b"a file in the folder's place")
        job = arena.job()
        job.expect_exit(_USAGE, _NOT_READY)
        job.expect_words(folder.name)
    arena.note_end(job)
    return "said so"


def disk_full(arena: Arena, _chance: random.Random) -> str:
    """Where no more can be written the job says so, declares nothing, and is exact afterwards."""
    arena.produce(2_000)
    job = arena.job()
    # Before its first batch the JVM unpacks what it compresses with.
    arena.wait_until(lambda: len(job.batches()) >= len(QUERIES), "a batch of each query", job)
    if not job.allow_files_of(_NO_ROOM_BYTES):
        job.kill()
        arena.note_end(job)
        return "not inflicted: this system sets no such limit on a running process"
    job.expect_exit(_NOT_READY)
    job.expect_words("cannot be written")
    arena.note_end(job)
    return "said so"


def _refused(arena: Arena, word: str, **changed: str) -> None:
    job = arena.job(**changed)
    job.expect_exit(_USAGE)
    job.expect_words(word)


def _put_back(away: Path, folder: Path) -> None:
    folder.unlink()
    away.rename(folder)


REFUSALS = tuple(
    Fault.of(inflict)
    for inflict in (
        setting_changed,
        checkpoint_deleted,
        checkpoint_of_one_query_deleted,
        output_deleted,
        checkpoint_file_spoiled,
        second_job,
        output_not_writable,
        disk_full,
    )
)
