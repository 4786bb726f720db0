"""The command line lists its commands in street order, each with a sentence and an example."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clickstream.cli.entry import app
from clickstream.errors import UsageError
from clickstream.runtime.java.jars import KAFKA
from clickstream.runtime.java.lockfile import read_lock

COMMANDS = [
    "demo", "up", "down", "status", "logs", "restart", "produce", "stream", "show", "sql", "export", "check",
    "report", "replay", "config", "reset", "purge",
]  # fmt: skip
GROUPS = {"topic": ["describe", "tail"]}
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}


def help_of(*arguments: str) -> str:
    ended = CliRunner().invoke(app, [*arguments, "--help"], env=PLAIN)
    assert ended.exit_code == 0
    return ended.output


def test_the_commands_are_listed_in_street_order_with_examples():
    text = help_of()
    listed = re.findall(r"^  ([a-z]+)  +[A-Z]", text, re.MULTILINE)
    assert [name for name in listed if name in COMMANDS] == COMMANDS
    examples = re.findall(r"clickstream ([a-z]+)", text[text.index("Examples:") :])
    assert len(examples) >= 5
    assert set(examples) <= {*COMMANDS, *GROUPS}


def test_every_command_has_an_example_that_begins_with_its_name():
    for command in COMMANDS:
        assert re.search(rf"Example: .*clickstream {command}", help_of(command)), command
    for group, commands in GROUPS.items():
        for command in commands:
            assert f"Example: clickstream {group} {command}" in help_of(group, command)


def test_without_a_command_the_help_is_shown():
    ended = CliRunner().invoke(app, [], env=PLAIN)
    assert "clickstream" in ended.output
    assert "demo" in ended.output


def test_the_version_is_that_of_the_package():
    ended = CliRunner().invoke(app, ["--version"])
    assert ended.output == f"clickstream {version('clickstream-devkit')}\n"


def test_help_needs_neither_spark_nor_polars_nor_a_client_of_the_broker():
    heavy = {"pyspark", "polars", "numpy", "confluent_kafka", "pydantic", "importlib.metadata"}
    code = f"import sys, clickstream.cli.entry; sys.exit(' '.join({heavy!r} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("clickstream show page", {"page_metrics"}),
        ("clickstream show e", {"events_raw", "events_rejected"}),
        ("clickstream up ", {"broker", "cluster", "producer", "stream"}),
        ("clickstream down p", {"producer"}),
        ("clickstream restart ", {"broker", "producer", "stream"}),
        ("clickstream logs s", {"stream"}),
    ],
)
def test_the_shell_completes_tables_and_the_parts_that_are_here(
    tmp_path: Path, words: str, offered: set[str]
) -> None:
    for name in ("producer", "stream"):
        for path in (
            tmp_path / ".clickstream/run" / f"{name}.json",
            tmp_path / ".clickstream/logs" / f"{name}.log",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    asked = {
        "_CLICKSTREAM_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv = ['clickstream']; from clickstream.cli import main; main()",
        ],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name not in {"STATE_PATH"}} | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(ended.stdout.split()) == offered, ended.stderr


@pytest.mark.parametrize("command", ["reset", "purge"])
def test_without_a_terminal_nothing_is_removed_unless_it_was_said_so(tmp_path: Path, command: str) -> None:
    log = tmp_path / "state" / "logs" / "stream.log"
    jar = tmp_path / "cache" / "jars" / read_lock(KAFKA)[0].relative_path
    for path in (log, jar):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    places = {
        "STATE_PATH": str(tmp_path / "state"),
        "OUTPUT_PATH": str(tmp_path / "output"),
        "CHECKPOINT_PATH": str(tmp_path / "checkpoints"),
        "CACHE_PATH": str(tmp_path / "cache"),
    }
    ended = CliRunner().invoke(app, [command], env=places)
    assert isinstance(ended.exception, UsageError)
    assert ended.exception.exit_code == 2
    assert "in all" in ended.output  # it was listed
    assert log.exists()
    assert jar.exists()
    assert CliRunner().invoke(app, [command, "--yes"], env=places).exit_code == 0
    assert {"reset": log, "purge": jar}[command].exists() is False


def test_an_unknown_table_is_refused_with_the_names_there_are() -> None:
    refused = CliRunner().invoke(app, ["show", "nope"]).exception
    assert isinstance(refused, UsageError)
    assert "page_metrics" in refused.next_step


@pytest.mark.parametrize("flag", ["--skip", "--count"])
def test_more_events_than_can_be_counted_are_wrong_usage(flag: str) -> None:
    ended = CliRunner().invoke(app, ["produce", "--stdout", flag, str(10**18 + 1)], env=PLAIN)
    assert ended.exit_code == 2


@pytest.mark.parametrize("command", [["config"], ["produce", "--stdout", "--count", "1"]])
def test_an_output_that_is_closed_is_no_crash(tmp_path: Path, command: list[str]) -> None:
    line = 'exec "$@" >&-'
    ended = subprocess.run(
        ["/bin/sh", "-c", line, "sh", sys.executable, "-m", "clickstream", *command],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "nonsense"], "There is no fault nonsense"),
        (["--from", "11", "--rounds", "10"], "There is no round 11 among 10"),
    ],
)
def test_a_fault_or_a_round_that_is_not_there_is_refused_before_anything_is_done(
    arguments: list[str], told: str
) -> None:
    ended = CliRunner().invoke(app, ["torture", *arguments], env=PLAIN)
    assert isinstance(ended.exception, UsageError)
    assert told in ended.exception.sentence


def test_packages_on_pythonpath_and_in_the_working_folder_do_not_replace_installed_ones(
    tmp_path: Path,
) -> None:
    for folder in ("other", "here"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "typer.py").write_text("raise ImportError('another typer')\n")
    ended = subprocess.run(
        [sys.executable, "-m", "clickstream", "--version"],
        cwd=tmp_path / "here",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "other")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_in_a_removed_folder_a_command_says_so_and_does_not_exit_with_the_code_for_differences(
    tmp_path: Path,
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = 'cd "$1" && rmdir "$1" && exec "$2" -P -m clickstream config'
    ended = subprocess.run(
        ["/bin/sh", "-c", command, "sh", str(gone), sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (3, "")
    assert (
        ended.stderr.splitlines()[0] == "error: The working folder cannot be used: No such file or directory."
    )
    assert "Traceback" not in ended.stderr
