"""Unusual input: broken, doubled, out of order, early, late, none at all, much at once."""

import random

from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena
from clickstream.torture.fault import faults


def half_malformed(arena: Arena, _chance: random.Random) -> str:
    """Half of the messages are malformed: all of them are rejected."""
    before = arena.check().rejected
    arena.produce(400, MALFORMED_RATE="0.5")
    outcome = _settled(arena)
    # The check balances the producer's ledger: each record that was spoilt is among the rejected.
    if arena.check().rejected - before < 100:
        raise FaultNotSurvived(f"Of some 200 malformed messages {outcome}, {before:,} of them from before.")
    return outcome


def doubled_and_out_of_order(arena: Arena, _chance: random.Random) -> str:
    """Events come twice and out of order: each record is counted."""
    arena.produce(400, DUPLICATE_RATE="0.3", OUT_OF_ORDER_RATE="0.3", MISSING_FIELD_RATE="0.2")
    return _settled(arena)


def ahead_and_behind(arena: Arena, _chance: random.Random) -> str:
    """Events from the future move the watermark: later events become late."""
    arena.produce(400, FUTURE_RATE="0.05", FUTURE_SECONDS="30", LATE_RATE="0.5", LATE_SECONDS="20")
    return _settled(arena)


def nothing_then_a_burst(arena: Arena, _chance: random.Random) -> str:
    """A job has nothing to read, then a burst of many batches: all of them land."""
    arena.settle()
    arena.produce(2_500)
    return _settled(arena)


def _settled(arena: Arena) -> str:
    arena.settle()
    verdict = arena.check()
    return f"{verdict.events:,} events, {verdict.rejected:,} rejected so far"


FAULTS = faults(half_malformed, doubled_and_out_of_order, ahead_and_behind, nothing_then_a_burst)
