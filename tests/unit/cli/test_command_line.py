"""The command line lists its commands in street order, each with a sentence and an example."""

import re

from typer.testing import CliRunner

from clickstream.cli.entry import app

COMMANDS = ["demo", "up", "down", "produce", "stream", "check", "config"]
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}


def help_of(*arguments: str) -> str:
    ended = CliRunner().invoke(app, [*arguments, "--help"], env=PLAIN)
    assert ended.exit_code == 0
    return ended.output


def test_the_commands_are_listed_in_street_order_with_an_example_each():
    text = help_of()
    listed = re.findall(r"│ ([a-z]+)  +[A-Z]", text)
    assert [name for name in listed if name in COMMANDS] == COMMANDS
    assert all(f"clickstream {command}" in text for command in COMMANDS)


def test_every_command_has_an_example_that_begins_with_its_name():
    for command in COMMANDS:
        assert re.search(rf"Example: .*clickstream {command}", help_of(command)), command


def test_without_a_command_the_help_is_shown():
    ended = CliRunner().invoke(app, [], env=PLAIN)
    assert "clickstream" in ended.output
    assert "demo" in ended.output
