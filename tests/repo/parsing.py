"""A command line of ours, held against the real one: its commands, options and values; nothing is run."""

from collections.abc import Sequence

import typer

from clickstream.cli.entry import app

COMMANDS = typer.main.get_command(app).commands
OPTIONS = {"--help", "--version", "--install-completion"}


def parse(words: Sequence[str]) -> None:
    """Parse the words after `clickstream`; fails on an unknown command, an unknown flag or a wrong value."""
    assert words, "the command line needs a subcommand"
    name, *arguments = words
    assert name in {*COMMANDS, *OPTIONS}
    if name in COMMANDS:
        found = COMMANDS[name]
        if hasattr(found, "commands"):
            name, *arguments = arguments
            found = found.commands[name]
        found.make_context(name, arguments)
