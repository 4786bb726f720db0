"""The plugin in a project of its own: stories that pass, fail and kill; the blocks of docs/testing.md."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import entry_points
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"
EXAMPLE = Path(__file__).parents[2] / "examples" / "temperatures" / "temperatures.py"
BLOCKS = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
[FAILURE] = re.findall(r"^```text\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)

# A wheel brings the plugin; without one it is named.
PLUGIN = [] if entry_points(group="pytest11", name="clickstream") else ["-p", "clickstream.pytest_plugin"]
WARNINGS_ARE_ERRORS = "[pytest]\nfilterwarnings = error\n"

FURTHER_STORIES = """
import pytest


def click(time, **fields):
    return {"event_time": f"2026-03-01T{time}Z", "user_id": "user_1", **fields}


def test_a_process_of_its_own_is_killed(clickstream_story):
    story = clickstream_story
    story.given(WATERMARK_DELAY="0 seconds", KAFKA_PARTITIONS=2)
    story.send(click("12:00:05", page="/home"))
    story.send(click("12:01:00"), partition=1, key="k", timestamp="2026-03-01T12:01:00Z")
    story.run(kill_at="files_moved", process=True)
    story.run()
    story.expect("page_metrics", [{"page": "/home", "pageviews": 1}])
    story.check()


def test_two_stories_have_nothing_in_common(clickstream_story):
    clickstream_story.expect("events_raw", [])
    clickstream_story.send(click("12:00:05"), click("12:00:06"), click("12:00:07"))
    clickstream_story.run(at_most=1)
    clickstream_story.expect("events_raw", [{}, {}, {}])
    assert clickstream_story.rows("events_raw")["user_id"].to_list() == ["user_1"] * 3


def test_the_query_of_events_is_killed_for_the_second_time_that_it_comes_there(clickstream_story):
    story = clickstream_story
    story.send(click("12:00:05"), "garbage", click("12:00:07"))
    story.run(at_most=1, kill_at="parquet_written", query="events", time=2)
    story.expect("events_raw", [{}])
    story.run()
    story.expect("events_raw", [{}])
    story.expect_rejected("not_json")
    story.check()


def test_a_landed_file_that_is_gone_fails_the_check(clickstream_story):
    story = clickstream_story
    story.send(click("12:00:05"))
    story.run()
    [file] = story.folder.rglob("events_raw/parquet/*.parquet")
    file.unlink()
    with pytest.raises(AssertionError, match="(?s)> +3  check everything.*FAIL: .*is missing"):
        story.check()


def test_a_pipeline_of_its_own(clickstream_story):
    from temperatures import pipeline

    def reading(time, celsius):
        return {"measured_at": f"2026-03-01T{time}Z", "sensor": "s", "room": "attic", "celsius": celsius}

    story = clickstream_story
    story.given(pipeline, WATERMARK_DELAY="0 seconds", TEMPERATURE_WINDOW="30 seconds")
    story.send(reading("12:00:05", 20), reading("12:00:10", 21.5), reading("12:01:00", 0))
    story.run()
    story.expect("temperatures", [{"room": "attic", "lowest": 20, "mean": 20.75, "highest": 21.5}])
    story.expect("online", [{"session_start": "2026-03-01T12:00:05Z", "readings": 2}])
    story.send(reading("12:00:20", 99), {"celsius": "hot"})
    story.run(kill_at="csv_written")
    story.run()
    story.expect("temperatures", [])
    story.expect_late(1)
    story.expect_rejected("wrong_type:celsius")
    story.check()
    a_step_that_fails(
        story, lambda: story.run(kill_at="csv_written", process=True), "and no other"
    )


def a_step_that_fails(story, step, words):
    with pytest.raises(AssertionError) as failed:
        step()
    assert words in str(failed.value)


def test_a_step_that_cannot_be_done_says_why(clickstream_story):
    story = clickstream_story
    a_step_that_fails(story, lambda: story.given(WATERMARK="0"), "A story has no setting WATERMARK.")
    a_step_that_fails(story, lambda: story.send({}, partition=9), "has no partition 9.")
    a_step_that_fails(story, lambda: story.given(WATERMARK_DELAY="0s"), "`given` comes before")
    a_step_that_fails(story, lambda: story.check(), "clickstream")
    a_step_that_fails(story, lambda: story.run(kill_at="files_moved", time=3), "The run ended before")
    a_step_that_fails(story, lambda: story.run(kill_at="nowhere"), "There is no point nowhere")
    story.send(click("12:00:05"))
    story.run()
    a_step_that_fails(story, lambda: story.expect("pages", []), "There is no table pages.")
    a_step_that_fails(story, lambda: story.expect("events_raw", [{"pgae": 1}]), "There is no column pgae.")
    a_step_that_fails(story, lambda: story.expect_watermark("2026-03-01"), "at 2026-03-01 11:59:35")
    a_step_that_fails(story, lambda: story.expect_late(1), "page_metrics: 0 late events")
    a_step_that_fails(story, lambda: story.expect_rejected("empty"), "1 missing")


def test_a_job_runs_on_its_checkpoint_and_says_why_it_failed(clickstream_job, clickstream_seed):
    from clickstream.testing import StoryFailed

    job = clickstream_job(lambda records: records.selectExpr("string(value) AS value", "offset"))
    job.send("a", "b")
    job.run(at_most=1)
    job.expect([{"value": "a", "offset": 0}, {"value": "b"}])
    job.send("c")
    with pytest.raises(StoryFailed, match=f"seed {clickstream_seed}; repeat it with:"):
        job.run(kill_at="nowhere")
    job.run()
    job.run()
    job.expect([{"value": "c"}])
    a_step_that_fails(job, lambda: job.run(kill_at="batch_started"), "The run had no batch")
    broken = clickstream_job(lambda records: records.selectExpr("nothing"))
    a_step_that_fails(broken, broken.run, "The function fails: ")
    a_step_that_fails(broken, broken.run, "UNRESOLVED_COLUMN")
    a_step_that_fails(broken, broken.run, "`nothing`")
    empty = clickstream_job(lambda records: None)
    a_step_that_fails(empty, empty.run, "The function returns NoneType; expected is a DataFrame")
"""


def pytest_in(folder, *arguments):
    words = [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", *arguments]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=1_100, check=False)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What became of each test of a project that has the blocks of the document and further stories."""
    folder = tmp_path_factory.mktemp("own-project")
    (folder / "pytest.ini").write_text(WARNINGS_ARE_ERRORS)
    for number, block in enumerate(BLOCKS):
        if "def test_" in block:
            (folder / f"test_block_{number}.py").write_text(block)
        elif block.startswith("# conftest.py"):
            (folder / "conftest.py").write_text(block)
    (folder / "test_further.py").write_text(FURTHER_STORIES)
    (folder / "temperatures.py").write_text(EXAMPLE.read_text())
    run = pytest_in(folder, "--clickstream-seed=7", "--junit-xml=results.xml", "--durations=0", "-rA")
    assert (folder / "results.xml").exists(), run.stdout + run.stderr
    cases = ET.parse(folder / "results.xml").iter("testcase")  # noqa: S314 - pytest wrote it
    return {
        case.get("name"): "".join(part.text or "" for part in case.iter() if part.tag != "system-out")
        for case in cases
    }


@pytest.mark.thorough
def test_every_story_passes_but_the_one_that_is_to_fail(results):
    failed = [name for name, text in results.items() if text.strip()]
    assert failed == ["test_that_fails"]
    assert len(results) == 17


@pytest.mark.thorough
def test_a_failure_prints_the_story_the_rows_the_seed_and_the_command(results):
    printed = [line.removeprefix("E").strip() for line in results["test_that_fails"].splitlines()]
    for line in FAILURE.splitlines():
        assert any(each.endswith(line.strip()) for each in printed), line
    at = printed.index("seed 7; repeat it with:")
    assert re.fullmatch(
        r"python -m pytest test_block_\d\.py::test_that_fails --clickstream-seed=7", printed[at + 1]
    )


@pytest.mark.thorough
def test_a_failure_ends_at_the_line_of_the_test(results):
    places = re.findall(r"^(\S+\.py):\d+: ", results["test_that_fails"], re.MULTILINE)
    assert all(place.startswith("test_block_") for place in places)


def test_each_script_of_the_document_runs(tmp_path):
    scripts = [block for block in BLOCKS if "def test_" not in block and "conftest.py" not in block]
    assert scripts
    for script in scripts:
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("2\n")


def test_a_run_without_stories_starts_nothing(tmp_path):
    (tmp_path / "pytest.ini").write_text(WARNINGS_ARE_ERRORS)
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_other():\n    assert 'clickstream.testing' not in sys.modules\n"
    )
    run = pytest_in(tmp_path)
    assert run.returncode == 0, run.stdout
