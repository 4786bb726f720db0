"""A flood of hostile messages: none lost, none counted wrongly, and the job goes on.

5,000 in the default list, 100,000 in the thorough one; `--messages N` sends more, `--seed N` others.
"""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from cut_topic import Arriving, CutTopic
from hostile_messages import HOSTILE_MESSAGES, us
from spark.conftest import Amount
from spark.cut_job import run_and_check
from spark.fuzzed_messages import fuzzed_messages, huge_messages
from story import stream_settings, windows_of

PARTITIONS = 3
FEW = 5_000


@pytest.mark.timeout(0)  # as long as the number of messages asks for
def test_a_flood_of_hostile_messages_lands_or_is_rejected_as_the_checker_says(
    session: SparkSession, tmp_path: Path, amount: Amount
) -> None:
    seed, count = amount.seed, amount.messages
    hostile = [message.value for message in HOSTILE_MESSAGES]
    messages = [*hostile, *huge_messages(), *fuzzed_messages(seed, count)]
    base_ms = us("2026-03-01T12:00:00") // 1_000
    arriving = [Arriving(at % PARTITIONS, base_ms + at, value) for at, value in enumerate(messages)]

    topic = CutTopic(tmp_path / "topic")
    batches = 2 if count <= FEW else 4
    cuts = [arriving[batch::batches] for batch in range(batches)]
    verdict = run_and_check(session, topic, stream_settings(), windows_of(), tmp_path, runs=[cuts])

    again = f"again: tox -e spark -- -k flood --messages {count} --seed {seed}"
    assert verdict.passed, f"{again}: {verdict.findings}"
    assert verdict.events + verdict.rejected == len(messages)
    # A flood of one kind would prove little.
    assert min(verdict.events, verdict.rejected) > len(messages) / 5
    assert {"empty", "not_utf8", "not_json", "not_an_object", "no_known_field"} < set(verdict.reasons)
    assert any(reason.startswith("wrong_type:") for reason in verdict.reasons)
    assert any(reason.startswith("number_out_of_range:") for reason in verdict.reasons)
