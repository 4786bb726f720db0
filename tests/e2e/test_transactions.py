"""Transactions of other producers: the job and the check count committed records, and only these."""

import json

import pytest
from confluent_kafka import Producer

from clickstream.clicks.testing import click

OWN = 40
"""Records of the kit's own producer."""


class Transactions:
    """Another producer, which sends in transactions."""

    def __init__(self, bootstrap_servers, topic, name):
        self._topic = topic
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                "transactional.id": f"{topic}-{name}",
                # Jobs run while it is open; the broker would abort it after a minute.
                "transaction.timeout.ms": 900_000,
            }
        )
        self._producer.init_transactions(60)

    def begin(self, count, page):
        """Send records to every partition, and leave the transaction open."""
        self._producer.begin_transaction()
        for number in range(count):
            for partition in range(3):
                value = click(page=page, user_id=f"user_{number}")
                self._producer.produce(self._topic, value, partition=partition, timestamp=1_767_225_600_000)
        self._producer.flush(60)

    def commit(self):
        self._producer.commit_transaction(60)

    def abort(self):
        self._producer.abort_transaction(60)


@pytest.fixture
def before_an_open_transaction(kit, bootstrap_servers, topic):
    """A topic with committed, aborted and open transactions; the kit's records are behind the latter."""
    kit.settings |= {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "KAFKA_TOPIC": topic,
        "START_TIME": "2026-01-01T00:00:00+00:00",
        "MALFORMED_RATE": "0",
    }
    kit.done("produce", "--count", "6")
    ended = Transactions(bootstrap_servers, topic, "ended")
    ended.begin(5, "/aborted first")
    ended.abort()
    ended.begin(4, "/committed")
    ended.commit()
    ended.begin(3, "/aborted last")
    ended.abort()
    opened = Transactions(bootstrap_servers, topic, "open")
    opened.begin(2, "/open")
    kit.done("produce", "--count", str(OWN))
    return opened


def offsets_of(kit):
    ended = kit.done("topic", "describe", "--json")
    return {
        each["partition"]: (each["end"], each["waiting"]) for each in json.loads(ended.stdout)["partitions"]
    }


def test_a_job_ends_at_an_open_transaction_and_counts_what_is_committed(kit, before_an_open_transaction):
    kit.done("stream", "--available-now")
    code, verdict = kit.verdict()
    assert (code, verdict["findings"]) == (0, [])
    assert (verdict["events"], verdict["rejected"]) == (6 + 3 * 4, 0)
    # Of each partition: 5 aborted, 3 aborted, and the ends of three transactions.
    assert verdict["gaps"] == 3 * (5 + 3 + 3)
    ledger = verdict["ledger"]
    assert ledger["acknowledged"] == 6 + OWN
    # Not read: two records in each partition of the open transaction, and ours behind them.
    assert ledger["in_topic"] == verdict["events"] + 3 * 2 + OWN
    assert (ledger["from_running"], ledger["from_others"]) == (0, 3 * 4 + 3 * 2)

    offsets = offsets_of(kit)
    assert sum(waiting for _, waiting in offsets.values()) == 3 * 2 + OWN
    assert "open transaction" in kit.done("topic", "describe").stdout
    shown = kit.done("topic", "tail", "-n", "1000", "--json").stdout.splitlines()
    assert len(shown) == verdict["events"]
    status = json.loads(kit.run("status", "--json").stdout)
    assert {query["lag"] for query in status["queries"]} == {0}
    assert any("open transaction" in note for note in status["notes"])


@pytest.mark.thorough
@pytest.mark.parametrize("committed", [True, False], ids=["committed", "aborted"])
def test_what_waited_for_the_end_of_a_transaction_is_read_after_it(
    kit, before_an_open_transaction, committed
):
    # Batches that are smaller than the gaps: some cover offsets without any record.
    kit.settings |= {"MAX_OFFSETS_PER_TRIGGER": "15"}
    kit.done("stream", "--available-now")
    (before_an_open_transaction.commit if committed else before_an_open_transaction.abort)()
    kit.done("stream", "--available-now")
    code, verdict = kit.verdict()
    assert (code, verdict["findings"]) == (0, [])
    assert verdict["events"] == 6 + 3 * 4 + OWN + (3 * 2 if committed else 0)
    assert sum(waiting for _, waiting in offsets_of(kit).values()) == 0
