"""Landed files and records are damaged: the check names what is wrong, and is content once it is restored."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clickstream.contract.batch import BatchRecord
from clickstream.contract.tables import QUERIES
from clickstream.errors import FaultNotSurvived
from clickstream.operate.torture.arena import Arena
from clickstream.operate.torture.fault import Fault


def file_cut_short(arena: Arena, chance: random.Random) -> str:
    """A landed file that was cut short is named."""
    return _damaged(arena, _a_file(arena, chance), lambda file: _write(file, file.read_bytes()[:-1]))


def file_edited(arena: Arena, chance: random.Random) -> str:
    """A landed file in which one bit was turned over is named."""

    def turn_over(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        _write(file, bytes(content))

    return _damaged(arena, _a_file(arena, chance), turn_over)


def file_deleted(arena: Arena, chance: random.Random) -> str:
    """A landed file that is gone is named."""
    return _damaged(arena, _a_file(arena, chance), Path.unlink)


def file_put_in_the_place_of_another(arena: Arena, chance: random.Random) -> str:
    """A landed file that lies in the place of another one is named, whole as it is."""
    ours = _a_file(arena, chance)
    others = [path for path in sorted(ours.parent.glob(f"*{ours.suffix}")) if path != ours]
    if not others:
        return "there is only one such file"
    return _damaged(arena, ours, lambda file: _write(file, chance.choice(others).read_bytes()))


def file_doubled(arena: Arena, chance: random.Random) -> str:
    """A landed file that is there twice is named, under the name that no record has."""
    ours = _a_file(arena, chance)
    double = ours.with_name(f"{ours.name.split('.')[0]}-copy{ours.suffix}")
    shutil.copy2(ours, double)
    try:
        verdict = arena.check()
        named = any(double.name in (finding.file or "") + finding.sentence for finding in verdict.findings)
    finally:
        double.unlink()
    if not named:
        raise FaultNotSurvived(f"{ours} was copied to {double.name}, and the check did not say so.")
    return f"{_place(arena, ours)}: named"


def record_deleted(arena: Arena, chance: random.Random) -> str:
    """A batch record that is gone is noticed by the check."""
    return _damaged(arena, _a_record(arena, chance), Path.unlink, by_name=False)


def record_turned_to_garbage(arena: Arena, chance: random.Random) -> str:
    """A batch record that holds garbage is named."""
    garbage = chance.choice((b"", b"\x00" * 100, b"{}", b"[1", b"null", b'{"run_id": 1}'))
    return _damaged(arena, _a_record(arena, chance), lambda file: _write(file, garbage))


def _damaged(arena: Arena, victim: Path, damage: Callable[[Path], None], *, by_name: bool = True) -> str:
    with restored(victim):
        damage(victim)
        verdict = arena.check()
    if verdict.passed:
        raise FaultNotSurvived(f"{victim} was damaged, and the check passed.")
    named = any(victim.name in (finding.file or "") + finding.sentence for finding in verdict.failures)
    if by_name and not named:
        raise FaultNotSurvived(
            f"{victim} was damaged, and no finding names it.",
            details=tuple(finding.sentence for finding in verdict.failures)[:10],
        )
    return f"{_place(arena, victim)}: {verdict.failures[0].code}"


@contextmanager
def restored(path: Path) -> Iterator[None]:
    """Put a file or a folder back as it was at the end of the block, whatever happened to it."""
    kept = path.with_name(f".{path.name}.kept")
    copy = shutil.copytree if path.is_dir() else shutil.copy2
    copy(path, kept)
    try:
        yield
    finally:
        if path.is_dir():
            shutil.rmtree(path)
        kept.replace(path)


def _records(arena: Arena, query: str) -> list[Path]:
    return arena.layout.record_paths(query)


def _a_record(arena: Arena, chance: random.Random) -> Path:
    # Not the newest: one that is gone at the end of the chain was perhaps never there.
    return chance.choice(_records(arena, chance.choice(QUERIES))[:-1])


def _a_file(arena: Arena, chance: random.Random) -> Path:
    paths = [
        file.path
        for query in QUERIES
        for record in _records(arena, query)
        for table in BatchRecord.from_json(record.read_text(encoding="utf-8")).tables.values()
        for file in (*table.parquet, *table.csv)
    ]
    return arena.layout.output / chance.choice(paths)


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _place(arena: Arena, path: Path) -> str:
    return path.relative_to(arena.layout.output).as_posix()


DAMAGE = tuple(
    Fault.of(inflict)
    for inflict in (
        file_cut_short,
        file_edited,
        file_deleted,
        file_put_in_the_place_of_another,
        file_doubled,
        record_deleted,
        record_turned_to_garbage,
    )
)
"""None of them needs a JVM."""
