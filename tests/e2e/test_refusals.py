"""What a user can get wrong ends in one sentence and its exit code, and leaves nothing running."""

import socket

import pytest

from clickstream.broker.topics import delete_topic, ensure_topic
from clickstream.settings import load


def said(ended) -> str:
    return " ".join((ended.stdout + ended.stderr).split())


BAD_SETTINGS = (("PAGE_WINDOW", "banana"), ("MSG_ACKS", "2"), ("MSGS_PER_SEC", "-1"))
COMMANDS = ("demo", "up", "produce", "stream", "check", "config")
SAMPLE = {(command, BAD_SETTINGS[at % len(BAD_SETTINGS)]) for at, command in enumerate(COMMANDS)}
"""Every command once and every setting twice."""


@pytest.mark.parametrize(
    ("command", "setting", "value"),
    [
        pytest.param(command, *bad, marks=[] if (command, bad) in SAMPLE else [pytest.mark.thorough])
        for command in COMMANDS
        for bad in BAD_SETTINGS
    ],
)
def test_a_bad_setting_is_refused_by_every_command_before_it_does_anything(kit, command, setting, value):
    ended = kit.run(command, **{setting: value})
    assert ended.returncode == 2
    assert f"{setting}={value}" in said(ended)
    assert list(kit.folder.iterdir()) == []


def test_a_misspelt_key_in_dotenv_is_named_with_the_nearest_setting(kit):
    (kit.folder / ".env").write_text("MSG_PER_SEC=10\n")
    ended = kit.run("config")
    assert ended.returncode == 2
    assert "MSG_PER_SEC" in said(ended)
    assert "MSGS_PER_SEC" in said(ended)


@pytest.mark.parametrize("arguments", [["produce", "--count", "0"], ["produce", "--nonsense"], ["nonsense"]])
def test_wrong_usage_is_exit_2(kit, arguments):
    assert kit.run(*arguments).returncode == 2


def test_a_simulated_period_without_end_is_refused(kit):
    ended = kit.run("produce", "--start-time", "2026-01-01T00:00:00Z")
    assert ended.returncode == 2
    assert "--count or --duration" in said(ended)


@pytest.mark.parametrize("command", [["produce"], ["stream", "--available-now"]])
def test_without_a_broker_the_next_step_is_named(kit, command):
    ended = kit.run(*command)
    assert ended.returncode == 3
    assert "clickstream up" in said(ended)


@pytest.mark.thorough
def test_an_address_where_no_broker_answers_is_named(kit):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, and nobody listens
        address = f"127.0.0.1:{reserved.getsockname()[1]}"
        ended = kit.run("produce", "--count", "1", KAFKA_BOOTSTRAP_SERVERS=address)
    assert ended.returncode == 3
    assert address in said(ended)


def test_nothing_landed_is_not_a_pass(kit):
    ended = kit.run("check")
    assert ended.returncode == 3
    assert "Nothing has landed" in said(ended)


@pytest.mark.acts("EMBEDDED_KAFKA_PORT")
def test_a_port_in_use_is_named_with_its_owner_and_nothing_is_left(kit):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        ended = kit.run("up", EMBEDDED_KAFKA_PORT=str(port))
    assert ended.returncode == 3
    assert str(port) in said(ended)
    assert "pid" in said(ended)
    assert kit.processes() == []


def test_a_folder_that_cannot_be_written_is_named(kit):
    (kit.folder / "state").write_text("a file where the folder should be")
    ended = kit.run("up", STATE_PATH="state")
    assert ended.returncode == 3
    assert str(kit.folder / "state") in said(ended)
    assert kit.processes() == []


def test_the_demo_empties_no_folder_that_is_somebodys(kit):
    (kit.folder / "mine").mkdir()
    (kit.folder / "mine" / "thesis.txt").write_text("years of work")
    ended = kit.run("demo", "--folder", "mine")
    assert ended.returncode == 2
    assert (kit.folder / "mine" / "thesis.txt").read_text() == "years of work"


def test_without_network_a_first_run_says_so(kit):
    # The cache is empty, and every way out leads to a port where nobody listens.
    ended = kit.run(
        "demo",
        CACHE_PATH=str(kit.folder / "empty-cache"),
        https_proxy="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
    )
    assert ended.returncode == 3
    assert "jar" in said(ended).lower()
    assert kit.processes() == []


@pytest.fixture(scope="module")
def landed(module_kit, bootstrap_servers):
    """A project whose job has landed a few batches."""
    module_kit.settings |= {
        "START_TIME": "2026-03-01T00:00:00+00:00",
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "KAFKA_TOPIC": "refusals",
        "MAX_OFFSETS_PER_TRIGGER": "500",
    }
    module_kit.done("produce", "--count", "1000")
    module_kit.done("stream", "--available-now")
    return module_kit


def refused(kit, **settings):
    """What a start that is refused says; nothing of the run changes, and nothing is left running."""
    before = everything_in(kit.folder / "data")
    ended = kit.run("stream", "--available-now", "--recover", **settings)
    assert ended.returncode == 2, said(ended)
    assert everything_in(kit.folder / "data") == before
    assert kit.processes() == []
    return said(ended)


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_another_value_of_a_setting_of_the_checkpoint_is_refused_with_both_values(landed):
    told = refused(landed, FUTURE_TOLERANCE="10 minutes")
    assert "FUTURE_TOLERANCE is 10 minutes" in told
    assert "began with 0 milliseconds" in told
    assert "Set FUTURE_TOLERANCE to 0 milliseconds again" in told


@pytest.mark.parametrize(
    "damaged",
    ["metadata", "sources/0/0", "offsets/*", "commits/*", "state/0/1/*.delta", "state/2/_metadata/*"],
)
@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="empty", marks=pytest.mark.thorough), pytest.param(b"\x00garbage", id="garbage")],
)
def test_a_damaged_file_of_a_checkpoint_is_named_and_nothing_begins_anew(landed, damaged, content):
    checkpoint = landed.folder / "data/checkpoints/default/aggregates"
    numbered = [path for path in checkpoint.glob(damaged) if not path.name.startswith(".")]
    file = max(numbered, key=lambda path: int(path.stem) if path.stem.isdigit() else 0)
    whole = file.read_bytes()
    file.write_bytes(content)
    try:
        told = refused(landed)
    finally:
        file.write_bytes(whole)
    assert str(file) in told
    assert "clickstream replay --run-id default-replay" in told


@pytest.mark.parametrize(
    ("damaged", "named"),
    [
        ("events_raw/csv/batch-000000000000-00000.csv", "of batch 0 of events"),
        ("_landed/events/000000000001.json", "000000000001.json"),
    ],
)
def test_an_output_that_is_not_as_it_landed_is_refused_with_the_file_and_the_ways_out(landed, damaged, named):
    file = landed.folder / "data/output/default" / damaged
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    try:
        told = refused(landed)
    finally:
        file.write_bytes(whole)
    assert damaged in told
    assert named in told
    for way_out in ("clickstream check", "clickstream replay --run-id default-replay", "clickstream reset"):
        assert way_out in told


def test_a_topic_that_was_deleted_and_created_anew_is_refused(landed):
    settings, _ = load(landed.settings)
    delete_topic(settings.broker)
    ensure_topic(settings.broker)
    told = refused(landed)
    assert "The topic refusals was deleted and created again" in told


@pytest.mark.parametrize("acks", [pytest.param("0", marks=pytest.mark.thorough), "1"])
@pytest.mark.parametrize("command", ["produce", "up", "demo"])
def test_guarantees_that_fall_with_fewer_acknowledgements_are_told_before_anything_is_done(
    kit, command, acks
):
    # A file where a folder should be: no command gets further than what it says at its start.
    (kit.folder / "in-the-way").write_text("")
    place = ["--folder", "in-the-way"] if command == "demo" else []
    ended = kit.run(command, *place, MSG_ACKS=acks, STATE_PATH="in-the-way")
    assert ended.returncode != 0
    assert f"MSG_ACKS={acks}" in said(ended)
    assert "twice or out of order" in said(ended)
