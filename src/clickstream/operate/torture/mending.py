"""The output is repaired and compacted, and both are killed at it: no row is lost, none is doubled."""

import random

from clickstream.check.findings import Verdict
from clickstream.contract.tables import QUERIES
from clickstream.errors import FaultNotSurvived
from clickstream.operate.torture.arena import Arena, FaultMissed
from clickstream.operate.torture.damage import a_file, single_records
from clickstream.operate.torture.fault import Fault
from clickstream.operate.torture.seen import files_seen

_KEPT = 4
_COMPACT = ("compact", "--keep", str(_KEPT))
# Where nobody reads meanwhile, what was replaced may go at once.
_AT_ONCE = ("--remove-after", "0 seconds")
_REPAIR = ("repair", "--yes")
_EVENTS = 1_200


def damage_repaired(arena: Arena, chance: random.Random) -> str:
    """Files and records are lost, and repaired from the topic: the check passes, and says what it proves."""
    lost = _lose_some(arena, chance)
    arena.command(*_REPAIR).expect_exit(0)
    return f"{lost} files lost; {_repaired(arena.check())}"


def repair_killed(arena: Arena, chance: random.Random) -> str:
    """A repair is killed and begun again: the damage or the repair is there, and in the end the repair."""
    lost = _lose_some(arena, chance)
    _killed_at_it(arena, chance, *_REPAIR)
    arena.command(*_REPAIR).expect_exit(0)
    return f"{lost} files lost; {_repaired(arena.check())}"


def compacted_under_the_check(arena: Arena, chance: random.Random) -> str:
    """Old batches are merged while the check looks: it sees every row, once."""
    arena.clock.sleep(chance.random())
    compaction = arena.command(*_COMPACT)
    checks = 0
    while compaction.is_running():
        _sound(arena.check())
        checks += 1
    compaction.expect_exit(0)
    return f"{checks} checks meanwhile; {compaction.last_lines()[-1]}"


def compaction_killed(arena: Arena, chance: random.Random) -> str:
    """A compaction is killed, and begun again: each leaves one valid view."""
    if all(len(single_records(arena, query)) < _KEPT + 2 for query in QUERIES):
        arena.produce(_EVENTS)
        arena.settle()
    _killed_at_it(arena, chance, *_COMPACT, *_AT_ONCE)
    _sound(arena.check())
    compaction = arena.command(*_COMPACT, *_AT_ONCE)
    compaction.expect_exit(0)
    return compaction.last_lines()[-1]


def _killed_at_it(arena: Arena, chance: random.Random, *words: str) -> None:
    """Kill a command at some moment, or as soon as it has written a file.

    Raises:
        FaultMissed: it had ended before.
    """
    before = files_seen(arena.layout.output, "**/*.*")
    command = arena.command(*words)
    if chance.random() < 0.5:
        arena.wait_until(
            lambda: files_seen(arena.layout.output, "**/*.*") - before, "it had written a file", command
        )
    else:
        arena.clock.sleep(chance.uniform(0.3, 4))
    if not command.is_running():
        raise FaultMissed(f"`{command.words}` had ended before it was killed")
    command.kill()


def _lose_some(arena: Arena, chance: random.Random) -> int:
    """Remove some landed files, and a record between two others; how many."""
    if arena.open_batches:
        arena.settle()
    records = single_records(arena, chance.choice(QUERIES))
    lost = {a_file(arena, chance) for _ in range(chance.randint(1, 4))} | set(records[1:-1][:1])
    for path in lost:
        path.unlink()
    if arena.check().passed:
        raise FaultNotSurvived(f"{len(lost)} files were removed, and the check passed.")
    return len(lost)


def _repaired(verdict: Verdict) -> str:
    _sound(verdict)
    marked = [finding.sentence for finding in verdict.warnings if finding.code == "repaired"]
    if not marked:
        raise FaultNotSurvived("Rows were repaired, and the check does not say so.")
    return marked[0]


def _sound(verdict: Verdict) -> None:
    if not verdict.passed:
        raise FaultNotSurvived(
            "The check found differences.", details=tuple(each.sentence for each in verdict.failures)[:10]
        )


MENDING = tuple(
    Fault.of(inflict)
    for inflict in (damage_repaired, repair_killed, compacted_under_the_check, compaction_killed)
)
