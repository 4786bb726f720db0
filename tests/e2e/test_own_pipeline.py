"""The tutorial word by word: a pipeline of one's own, from nothing to a verdict that says what it covers."""

import re
import shlex
import shutil
import subprocess

import pytest

from repo.project import ROOT, SHELL_BLOCK

EXAMPLE = ROOT / "examples" / "temperatures" / "temperatures.py"
TUTORIAL = (ROOT / "docs" / "your-own-pipeline.md").read_text()
COMMANDS = [line for block in SHELL_BLOCK.findall(TUTORIAL) for line in block.splitlines()]


@pytest.fixture(scope="module")
def followed(module_kit):
    """A project in which every command of the tutorial has run, and what each printed."""
    shutil.copy(EXAMPLE, module_kit.folder)
    printed = {}
    for line in COMMANDS:
        program, *arguments = shlex.split(line)
        if program == "clickstream":
            printed[line] = module_kit.done(*arguments).stdout
        else:
            subprocess.run(line, shell=True, cwd=module_kit.folder, check=True)  # noqa: S602 - our own document
    return module_kit, printed


def test_every_command_works_and_shows_what_the_tutorial_says(followed):
    _, printed = followed
    assert {"TEMPERATURE_WINDOW", "SILENCE_GAP"} <= set(printed["clickstream config"].split())
    for verdict in (printed["clickstream demo"], printed["clickstream check --demo"]):
        lines = verdict.splitlines()
        assert "independent: readings, rejected, temperatures" in lines
        assert "same code, one batch: online" in lines
        assert lines[-1].startswith("PASS: all ")
    assert "kitchen" in printed["clickstream show temperatures --demo"]
    assert "sensor-" in printed["clickstream show online --demo"]


def test_all_rows_were_compared_and_some_of_each_kind_landed(followed):
    kit, _ = followed
    code, verdict = kit.verdict("--demo")
    assert code == 0
    for table in verdict["tables"]:
        assert table["rows_landed"] == table["rows_expected"] > 0, table
    assert all(table["late_events_dropped"] > 0 for table in verdict["tables"][2:])


def test_without_spark_the_table_is_not_checked_and_the_verdict_says_so(followed):
    kit, _ = followed
    ended = kit.run("check", "--demo", SPARK_DRIVER_JAVA_OPTIONS="-javaagent:/nowhere.jar")
    assert ended.returncode == 0
    assert "not checked: online" in ended.stdout.splitlines()
    assert (
        "warning [not_checked] The rows of online were not checked: The job's JVM did not start"
        in ended.stdout
    )
    assert ended.stdout.splitlines()[-1].startswith("PASS (1 table not checked): all ")


def changed(kit, name, was, becomes):
    """A copy of the pipeline with another text in it; its place."""
    text = (kit.folder / "temperatures.py").read_text()
    assert was in text
    (kit.folder / f"{name}.py").write_text(text.replace(was, becomes))
    return f"{name}.py:pipeline"


def test_rows_that_one_batch_does_not_give_are_found(followed):
    kit, _ = followed
    place = changed(kit, "other_half", 'F.min("battery_percent")', 'F.max("battery_percent")')
    ended = kit.run("check", "--demo", "--pipeline", place)
    assert ended.returncode == 1
    assert "online: " in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("FAIL: rows that disagree with the topic: online ")


def test_an_oracle_that_is_yet_to_be_written_leaves_its_table_unchecked(followed):
    kit, _ = followed
    place = changed(kit, "stub", "    return {", "    raise NotImplementedError\n    return {")
    lines = kit.done("check", "--demo", "--pipeline", place).stdout.splitlines()
    assert "not checked: temperatures" in lines
    assert lines[-1].startswith("PASS (1 table not checked)")


def test_a_half_that_collects_is_refused_before_a_run_begins(followed):
    kit, _ = followed
    place = changed(
        kit,
        "collects",
        "    return readings.groupBy(F.session",
        "    readings.collect()\n    return readings.groupBy(F.session",
    )
    ended = kit.run("demo", "--events", "100", "--folder", "refused", "--pipeline", place)
    assert ended.returncode == 2
    assert re.search(
        r"The Spark half of table online \(.*collects.py, line \d+\) collects, counts or writes rows",
        ended.stderr,
    )
    assert not list((kit.folder / "refused").rglob("run.json"))


def test_a_run_of_another_pipeline_is_refused_in_one_sentence(followed):
    kit, _ = followed
    refused = kit.run("check", "--demo", PIPELINE="clickstream.clicks:CLICKS")
    assert refused.returncode == 3
    assert re.search("written with the pipeline temperatures, and PIPELINE is clicks now", refused.stderr)
