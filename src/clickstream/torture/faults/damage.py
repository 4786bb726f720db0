"""Landed files and records are damaged: the check names what is wrong, and is content once it is restored."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from clickstream.check.findings import Verdict
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.new_run import free_run_id
from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.fault import faults
from clickstream.torture.run_files import refused, restored


def file_cut_short(arena: Arena, chance: random.Random) -> str:
    """A landed file is truncated: the check names it."""
    return _damaged(arena, _a_file(arena, chance), lambda file: file.write_bytes(file.read_bytes()[:-1]))


def file_edited(arena: Arena, chance: random.Random) -> str:
    """One bit of a landed file is flipped: the check names the file."""

    def turn_over(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.write_bytes(bytes(content))

    return _damaged(arena, _a_file(arena, chance), turn_over)


def file_deleted(arena: Arena, chance: random.Random) -> str:
    """A landed file is deleted: the check names it."""
    return _damaged(arena, _a_file(arena, chance), Path.unlink)


def file_put_in_the_place_of_another(arena: Arena, chance: random.Random) -> str:
    """A landed file is replaced by another one, undamaged: the check names it."""
    ours = _a_file(arena, chance)
    others = [path for path in sorted(ours.parent.glob(f"*{ours.suffix}")) if path != ours]
    if not others:
        raise FaultMissed("there is only one such file")
    return _damaged(arena, ours, lambda file: file.write_bytes(chance.choice(others).read_bytes()))


def file_doubled(arena: Arena, chance: random.Random) -> str:
    """A landed file is copied: the check names the copy, which is in no record."""
    ours = _a_file(arena, chance)
    double = ours.with_name(f"{ours.name.split('.')[0]}-copy{ours.suffix}")
    shutil.copy2(ours, double)
    try:
        verdict = arena.check()
        named = any(
            _place(arena, double) in f"{finding.file} {finding.sentence}" for finding in verdict.findings
        )
    finally:
        double.unlink()
    if not named:
        raise FaultNotSurvived(f"{ours} was copied to {double.name}, and the check did not report it.")
    return f"{_place(arena, ours)}: named"


def record_deleted(arena: Arena, chance: random.Random) -> str:
    """A batch record is deleted, perhaps the newest: the check names its batch."""
    query = chance.choice(QUERIES)
    # That a batch has landed before its commit is known from its record alone.
    known = [
        path
        for path in arena.layout.record_paths(query)
        if (query, int(path.stem)) not in arena.open_batches.of(query)
    ]
    victim = chance.choice(known)
    with restored(victim):
        victim.unlink()
        verdict = arena.check()
    missing = {(finding.query, finding.batch_id) for finding in verdict.failures}
    if (query, int(victim.stem)) not in missing:
        raise FaultNotSurvived(
            f"{victim} was deleted, and no finding names its batch.", details=_sentences(verdict)
        )
    return f"{_place(arena, victim)}: {verdict.failures[0].code}"


def record_turned_to_garbage(arena: Arena, chance: random.Random) -> str:
    """A batch record is overwritten with garbage: the check names it."""
    garbage = chance.choice((b"", b"\x00" * 100, b"{}", b"[1", b"null", b'{"run_id": 1}'))
    victim = chance.choice(arena.layout.record_paths(chance.choice(QUERIES)))
    return _damaged(arena, victim, lambda file: file.write_bytes(garbage))


def start_on_damaged_output(arena: Arena, chance: random.Random) -> str:
    """A landed file is deleted or truncated: a start is refused, names it and changes nothing."""
    victim = _a_file(arena, chance)
    with restored(victim):
        if chance.randrange(2):
            victim.unlink()
        else:
            victim.write_bytes(victim.read_bytes()[:-1])
        refused(arena, str(victim), f"clickstream replay --run-id {free_run_id(arena.layout)}")
    return f"{_place(arena, victim)}: refused"


def _damaged(arena: Arena, victim: Path, damage: Callable[[Path], object]) -> str:
    with restored(victim):
        damage(victim)
        verdict = arena.check()
    place = _place(arena, victim)
    if not any(place in f"{finding.file} {finding.sentence}" for finding in verdict.failures):
        raise FaultNotSurvived(f"{victim} was damaged, and no finding names it.", details=_sentences(verdict))
    return f"{place}: {verdict.failures[0].code}"


def _a_file(arena: Arena, chance: random.Random) -> Path:
    paths = [
        file.path
        for query in QUERIES
        for record in arena.layout.record_paths(query)
        for file in BatchRecord.read(record).files()
    ]
    return arena.layout.output / chance.choice(paths)


def _sentences(verdict: Verdict) -> tuple[str, ...]:
    return tuple(finding.sentence for finding in verdict.failures)[:10]


def _place(arena: Arena, path: Path) -> str:
    return path.relative_to(arena.layout.output).as_posix()


FAULTS = faults(
    file_cut_short,
    file_edited,
    file_deleted,
    file_put_in_the_place_of_another,
    file_doubled,
    record_deleted,
    record_turned_to_garbage,
    start_on_damaged_output,
)
"""None of them starts a JVM."""
