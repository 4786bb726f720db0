"""Files of the run are damaged: the check names them, or a start is refused; restored, all is well again."""

import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from clickstream.check.findings import Finding
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout, free_run_id
from clickstream.contract.run.query_log import batches_in
from clickstream.errors import FaultNotSurvived
from clickstream.settings import PIPELINE
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.fault import Fault, faults
from clickstream.torture.run_files import refused, restored

_Choose = Callable[[Arena, random.Random], Path]
_Damage = Callable[[Path, random.Random], object]

_OTHER_SETTINGS = {
    **{window.name: "11 seconds" for window in PIPELINE.windows},
    "WATERMARK_DELAY": "6 seconds",
    "SPARK_SQL_SHUFFLE_PARTITIONS": "2",
    "KAFKA_STARTING_OFFSETS": "latest",
    "FUTURE_TOLERANCE": "1 hour",
}


def damaged(
    arena: Arena,
    chance: random.Random,
    *,
    choose: _Choose,
    damage: _Damage,
    refusal: tuple[str, ...],
) -> str:
    """Damage a file or folder; the check must name it, or a start must be refused with these words."""
    layout = arena.layout
    victim = choose(arena, chance)
    place = victim.relative_to(arena.folder)
    is_new = not victim.exists()
    with restored(victim):
        damage(victim, chance)
        if refusal:
            known = {"victim": victim, "checkpoint": layout.checkpoint, "run_id": free_run_id(layout)}
            refused(arena, *(words.format_map(known) for words in refusal))
            return f"{place}: refused"
        verdict = arena.check()
    found = verdict.findings if is_new else verdict.failures
    named = next((each for each in found if _names(each, victim, layout)), None)
    if named is None:
        raise FaultNotSurvived(
            f"{victim} was damaged, and no finding names it.",
            details=tuple(finding.sentence for finding in found)[:10],
        )
    return f"{place}: {named.code}"


def setting_changed(arena: Arena, chance: random.Random) -> str:
    """A setting that belongs to the checkpoint is changed: a start is refused with setting and value."""
    name = chance.choice(sorted(_OTHER_SETTINGS))
    other = _OTHER_SETTINGS[name]
    begun = f"{name} is {other}, but the checkpoint {arena.layout.checkpoint} began with"
    refused(arena, begun, f"Set {name} to", **{name: other})
    return name


def _names(finding: Finding, victim: Path, layout: Layout) -> bool:
    """Whether a finding names a file, or the batch of a record."""
    query, batch_id = finding.query, finding.batch_id
    of_batch = query and batch_id is not None and victim == layout.record_path(query, batch_id)
    return (
        bool(of_batch) or victim.relative_to(layout.output).as_posix() in f"{finding.file} {finding.sentence}"
    )


def _a_file(arena: Arena, chance: random.Random) -> Path:
    records = [path for query in QUERIES for path in arena.layout.record_paths(query)]
    files = [file.path for record in records for file in BatchRecord.read(record).files()]
    return arena.layout.output / chance.choice(files)


def _a_double(arena: Arena, chance: random.Random) -> Path:
    file = _a_file(arena, chance)
    return file.with_name(file.name.replace(".", "-copy.", 1))


def _a_record(arena: Arena, chance: random.Random) -> Path:
    query = chance.choice(QUERIES)
    # That a batch has landed before its commit is known from its record alone.
    return chance.choice(
        [
            path
            for path in arena.layout.record_paths(query)
            if (query, int(path.stem)) not in arena.open_batches.of(query)
        ]
    )


def _a_checkpoint_file(arena: Arena, chance: random.Random) -> Path:
    checkpoint = arena.layout.query_checkpoint(chance.choice(QUERIES))
    newest = str(batches_in(checkpoint / "commits")[-1])
    return chance.choice(
        [checkpoint / "metadata", checkpoint / "offsets" / newest, checkpoint / "commits" / newest]
    )


def _cut_short(file: Path, _chance: random.Random) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _flip_a_bit(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def _replace(file: Path, chance: random.Random) -> None:
    others = [path for path in sorted(file.parent.glob(f"*{file.suffix}")) if path != file]
    if not others:
        raise FaultMissed("there is only one such file")
    shutil.copy2(chance.choice(others), file)


def _double(file: Path, _chance: random.Random) -> None:
    shutil.copy2(file.with_name(file.name.replace("-copy.", ".", 1)), file)


def _delete(path: Path, _chance: random.Random) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _delete_or_cut_short(file: Path, chance: random.Random) -> None:
    chance.choice((_delete, _cut_short))(file, chance)


def _overwrite(file: Path, chance: random.Random) -> None:
    file.write_bytes(chance.choice((b"", b"garbage", b"\x00" * 64)))


def _overwrite_record(file: Path, chance: random.Random) -> None:
    file.write_bytes(chance.choice((b"", b"\x00" * 100, b"{}", b"[1", b"null", b'{"run_id": 1}')))


def _fault(name: str, promise: str, choose: _Choose, damage: _Damage, *refusal: str) -> Fault:
    """A damage that the check names or, with the words of a refusal, that a start refuses."""
    return Fault(name, promise, partial(damaged, choose=choose, damage=damage, refusal=refusal))


FAULTS = (
    _fault("file_cut_short", "A landed file is truncated: the check names it.", _a_file, _cut_short),
    _fault("file_edited", "One bit of a landed file is flipped: the check names the file.",
           _a_file, _flip_a_bit),
    _fault("file_deleted", "A landed file is deleted: the check names it.", _a_file, _delete),
    _fault("file_put_in_the_place_of_another",
           "A landed file is replaced by another one, undamaged: the check names it.", _a_file, _replace),
    _fault("file_doubled", "A landed file is copied: the check names the copy, which is in no record.",
           _a_double, _double),
    _fault("record_deleted", "A batch record is deleted, perhaps the newest: the check names its batch.",
           _a_record, _delete),
    _fault("record_turned_to_garbage", "A batch record is overwritten with garbage: the check names it.",
           _a_record, _overwrite_record),
    _fault("start_on_damaged_output",
           "A landed file is deleted or truncated: a start is refused, names it and changes nothing.",
           _a_file, _delete_or_cut_short, "{victim}", "clickstream replay --run-id {run_id}"),
    *faults(setting_changed),
    _fault("checkpoint_deleted", "The checkpoint is deleted: a start is refused.",
           lambda arena, _: arena.layout.checkpoint, _delete,
           "has landed batches, the checkpoint {victim} is gone"),
    _fault("checkpoint_of_one_query_deleted", "The checkpoint of one query is deleted: a start is refused.",
           lambda arena, chance: arena.layout.query_checkpoint(chance.choice(QUERIES)), _delete,
           "the output has batches of {victim.name}, the checkpoint {victim} is gone"),
    _fault("output_deleted", "The output is deleted: a start is refused.",
           lambda arena, _: arena.layout.output, _delete,
           "the checkpoint {checkpoint} has no output of its run in {victim}"),
    _fault("checkpoint_file_spoiled",
           "A file of the checkpoint is emptied or overwritten: a start is refused and names it.",
           _a_checkpoint_file, _overwrite, "{victim} cannot be read:"),
)  # fmt: skip
"""None of them starts a JVM."""
