"""Every command's help fits 80 columns and says of each option what it does, takes and defaults to."""

from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from clickstream.cli.entry import app
from clickstream.cli.help import SETTING, default_of, help_of, option_rows, parameters
from clickstream.settings import SETTINGS

MOST_WORDS = 10
DEFAULTS = {name: each.info.default for name, each in SETTINGS.items()}
OF_TYPER = {"help", "install_completion", "show_completion"}


def commands(group: Any, *words: str) -> dict[tuple[str, ...], Any]:
    found = {}
    for name, command in group.commands.items():
        found[*words, name] = command
        if hasattr(command, "commands"):
            found |= commands(command, *words, name)
    return found


TREE = typer.main.get_command(app)
COMMANDS = {(): TREE, **commands(TREE)}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_argument_has_a_name_and_a_help(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    for argument in parameters(command, typer.Context(command, info_name="clickstream"), "argument"):
        assert argument.help
        assert argument.metavar
        assert argument.metavar.rstrip("….").isupper()


def own_options(words: tuple[str, ...]) -> list[Any]:
    command = COMMANDS[words]
    context = typer.Context(command, info_name="clickstream")
    return [each for each in parameters(command, context, "option") if each.name not in OF_TYPER]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_fits_80_columns(words: tuple[str, ...]) -> None:
    helps = [
        CliRunner().invoke(app, [*words, flag], env={"COLUMNS": "80", "NO_COLOR": "1"}).output
        for flag in ("-h", "--help")
    ]
    assert helps[0] == helps[1]
    assert helps[0].startswith("Usage: ")
    assert all(len(line) <= 80 for line in helps[0].splitlines())
    assert "<" not in helps[0]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_and_its_options_are_told_in_ten_words(words: tuple[str, ...]) -> None:
    assert len(COMMANDS[words].get_short_help_str(1_000).split()) <= MOST_WORDS
    for option in own_options(words):
        text = SETTING.sub("", option.help)
        assert 1 <= len(text.split()) <= MOST_WORDS, option.name
        assert text[0].isupper()
        assert "efault" not in text, "a default is shown by itself"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_option_names_what_it_takes_its_default_and_its_setting(words: tuple[str, ...]) -> None:
    for option in own_options(words):
        if not option.is_flag:
            assert option.metavar, option.name
            assert option.metavar.isupper() or "|" in option.metavar
        setting = SETTING.search(option.help)
        if setting:
            assert setting["name"] in DEFAULTS
            assert help_of(option).endswith(f"setting {setting['name']}]")
            if DEFAULTS[setting["name"]] not in (None, "") and not (option.is_flag or option.required):
                assert f"default: {default_of(option)}" in help_of(option)
        if option.default not in (None, False):
            assert f"default: {option.default}" in help_of(option)


def test_options_are_found() -> None:
    # Guards the tests above, and shows what they hold.
    rows = dict(option_rows(COMMANDS["produce",], typer.Context(COMMANDS["produce",])))
    assert rows["--rate NUMBER"].endswith("[default: 100.0; setting MSGS_PER_SEC]")
    assert rows["--uniform"].endswith("[setting UNIFORM]")
    assert ("topic", "tail") in COMMANDS
