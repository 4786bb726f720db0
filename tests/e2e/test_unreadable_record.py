"""A Kafka timestamp in nanoseconds ends the job until the user skips the record; the check reports it."""

import json

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

NANOSECONDS = 1_800_000_000_000_000_000
ANY_TIMESTAMP = {
    "message.timestamp.before.max.ms": str(2**63 - 1),
    "message.timestamp.after.max.ms": str(2**63 - 1),
    "retention.ms": "-1",
}


def send(bootstrap_servers, topic, *records):
    """Send records of partition 0, each with the second of its event, or None for one in nanoseconds."""
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    for second in records:
        event = {"event_time": f"2026-03-01T00:00:{second or 0:02d}Z", "user_id": "ann", "page": "/"}
        timestamp_ms = NANOSECONDS if second is None else 1_772_323_200_000 + second * 1_000
        producer.produce(topic, json.dumps(event).encode(), partition=0, timestamp=timestamp_ms)
    assert producer.flush(30) == 0


@pytest.mark.thorough
def test_the_job_gets_past_unreadable_records_only_by_command_and_the_check_counts_them(
    kit, bootstrap_servers, topic
):
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    admin.create_topics([NewTopic(topic, 1, 1, config=ANY_TIMESTAMP)])[topic].result()
    kit.settings |= {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "KAFKA_TOPIC": topic,
        "KAFKA_PARTITIONS": "1",
        "PAGE_WINDOW": "10 seconds",
        "GEO_WINDOW": "10 seconds",
        "SESSION_WINDOW": "5 seconds",
        "WATERMARK_DELAY": "2 seconds",
    }
    # At the very beginning, between events, several in a row, and at the end.
    send(bootstrap_servers, topic, None, 1, 2, None, None, 13, 27, None)
    for _ in range(2):  # starting it again changes nothing
        ended = kit.run("stream", "--available-now")
        assert ended.returncode == 4
        said = " ".join(ended.stderr.split())
        assert "partition 0, offset 0" in said
        assert "clickstream skip-record 0:0-7" in said
    assert kit.run("skip-record", "0:1").returncode == 2
    assert len(kit.done("skip-record", "0:0-7").stdout.splitlines()) == 4
    kit.done("stream", "--available-now")
    send(bootstrap_servers, topic, 45)
    kit.done("stream", "--available-now")
    code, verdict = kit.verdict()
    assert code == 0, verdict
    assert [record["offset"] for record in verdict["skipped"]] == [0, 3, 4, 7]
    assert verdict["events"] == 5
    assert [finding["code"] for finding in verdict["findings"]] == ["records_skipped"]
    assert "4 records" in kit.done("check").stdout.splitlines()[-1]
