"""Ctrl-C ends a command at its next good moment, a second one at once; neither leaves anything running."""

import signal

import pytest


@pytest.mark.thorough
def test_two_quick_interrupts_in_the_middle_of_a_batch_leave_at_once(kit):
    demo = kit.start("demo")
    kit.wait_until(lambda: "aggregates batch 1" in kit.log(), "a second batch")
    demo.send_signal(signal.SIGINT)
    kit.wait_until(lambda: "Ctrl-C again" in kit.log(), "the first one was heard", deadline_s=10)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 130, kit.log()
    assert "Traceback" not in kit.log()
    assert kit.processes() == []


@pytest.mark.thorough
def test_a_job_told_to_stop_while_its_jvm_comes_up_starts_no_query(kit, bootstrap_servers, topic):
    kit.settings |= {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
    job = kit.start("stream")
    kit.wait_until(lambda: "start the job's JVM" in kit.log(), "the JVM is about to start")
    job.send_signal(signal.SIGTERM)
    assert job.wait(60) == 0, kit.log()
    checkpoint = kit.folder / "data/checkpoints/default"
    assert not (checkpoint / "run.json").exists()  # so that another setting may still be chosen
    assert not list(checkpoint.glob("*/metadata"))
    assert kit.processes() == []


def test_an_interrupted_producer_has_delivered_all_that_it_counts(kit, bootstrap_servers, topic):
    kit.settings |= {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
    producer = kit.start("produce", "--rate", "2000")
    kit.wait_until(lambda: "[ack] " in kit.log(), "records acknowledged")
    producer.send_signal(signal.SIGINT)
    assert producer.wait(60) == 0, kit.log()
    counts = kit.log().splitlines()[-1]
    produced, acknowledged, failed = (part.split()[1] for part in counts.split(" · "))
    assert produced == acknowledged
    assert failed == "0"
