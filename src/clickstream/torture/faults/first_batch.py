"""A separate run is killed in its first batch, before anything has landed, and still begins."""

import random

from clickstream.broker.topics import delete_topic
from clickstream.contract.definition.tables import QUERIES
from clickstream.errors import FaultNotSurvived
from clickstream.pipeline.run import layout_of
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.children import PART_DIED
from clickstream.torture.fault import faults
from clickstream.torture.run_files import files_seen

_SIGNS = ("*/metadata", "*/sources/0/*", "*/offsets/.0.*", "*/offsets/0", "*/state/*/*/*", "*/commits/.0.*")
_EVENTS = 300
_LOOK_EVERY_S = 0.001


def killed_in_its_first_batch(arena: Arena, chance: random.Random) -> str:
    """The JVM of a new run is killed in its first batch: the next start lands all rows once."""
    name = f"born-{chance.randrange(10**9)}"
    run = {"KAFKA_TOPIC": name, "RUN_ID": name}
    arena.command(
        "produce", "--count", str(_EVENTS), START_TIME="2026-01-01T00:00:00+00:00", **run
    ).expect_exit(0)
    checkpoint = layout_of(arena.settings.paths.model_copy(update={"run_id": name})).checkpoint
    sign = chance.choice(_SIGNS)
    job = arena.job(**run)
    arena.open_batches.pass_over(job)
    jvm = arena.jvm_of(job)
    while job.is_running() and not files_seen(checkpoint, sign):
        arena.clock.sleep(_LOOK_EVERY_S)
    if not job.is_running():
        raise FaultMissed(f"the job had ended before {sign} was seen")
    jvm.kill()
    job.expect_exit(PART_DIED)
    unnamed = [query for query in QUERIES if not (checkpoint / query / "offsets" / "0").exists()]
    for query in unnamed:
        # What a kill a moment later would leave: an entry that is whole, and not named yet.
        staged = checkpoint / query / "offsets" / ".0.00000000-0000-0000-0000-000000000000.tmp"
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.touch()
    arena.job(**run).expect_exit(0)
    verdict = arena.check(**run)
    if not verdict.passed or verdict.events + verdict.rejected != _EVENTS:
        raise FaultNotSurvived(
            f"A run that was killed at its birth holds {verdict.events + verdict.rejected} of {_EVENTS}.",
            details=tuple(finding.sentence for finding in verdict.failures)[:10],
        )
    delete_topic(arena.broker.model_copy(update={"topic": name}))
    return f"at {sign}; {len(unnamed)} queries had not begun"


FAULTS = faults(killed_in_its_first_batch)
