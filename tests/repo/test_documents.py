"""README and docs promise nothing that the repository does not have."""

import re

import pytest

from bench import options, soak
from clickstream.report.effective_settings import as_markdown
from clickstream.report.torture import faults_markdown
from clickstream.settings import load
from clickstream.torture.rounds import FAULTS
from repo.parsing import parse
from repo.project import ROOT, DocumentedCommand, documented_commands, documents, settings
from repo.test_plumbing import THOROUGH, TOX_SECTIONS

SCRIPTS_OF_THE_CLI = {"demo", "up", "down"}
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


TOX_NAMES = {name.removesuffix(THOROUGH) + end for name in TOX_SECTIONS for end in ("", "-thorough")}
PARSERS = {"bench": options.parse, "soak": soak.parsed}


def ids(value: object) -> str:
    return str(value)


@pytest.mark.parametrize("command", documented_commands(), ids=ids)
def test_a_documented_command_is_one_that_can_be_called(command: DocumentedCommand) -> None:
    program, *arguments = command.words
    name = program.removeprefix("./scripts/")
    if program.startswith("./scripts/"):
        assert (ROOT / "scripts" / name).is_file()
        if name not in SCRIPTS_OF_THE_CLI:
            return
        arguments = [name, *arguments]
    parse(arguments)


def test_a_documented_call_of_tox_names_environments_that_take_its_arguments() -> None:
    calls = [command.words for command in documented_commands() if command.words[1:2] == ("-e",)]
    assert calls
    for _, _, names, *arguments in calls:
        assert set(names.split(",")) <= TOX_NAMES
        if names in PARSERS:
            assert arguments[:1] in ([], ["--"])
            PARSERS[names](arguments[1:])


@pytest.mark.parametrize("command", documented_commands(), ids=ids)
def test_a_documented_command_sets_settings_to_values_that_they_take(command: DocumentedCommand) -> None:
    # PYTHON is read by scripts/prepare, before there are settings.
    given = {name: value for name, value in command.variables.items() if name != "PYTHON"}
    assert set(given) <= set(settings())
    load(given, dotenv=ROOT / "no-such.env")


def test_the_documents_show_both_commands_of_the_readme() -> None:
    # Guards the two tests above: a pattern that finds nothing would let them pass.
    shown = {command.words[0] for command in documented_commands() if command.document == "README.md"}
    assert {"./scripts/demo", "./scripts/test"} <= shown


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{document.name}: {target}"
        for document in documents()
        for target in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_the_table_of_settings_is_the_one_that_the_command_line_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in settings():
        monkeypatch.delenv(name, raising=False)
    _, effective = load(dotenv=ROOT / "no-such.env")
    assert as_markdown(effective) in (ROOT / "docs" / "configuration.md").read_text()


def test_the_table_of_faults_is_the_one_that_the_command_line_prints() -> None:
    table = faults_markdown({fault.name: fault.promise for fault in FAULTS})
    assert table in (ROOT / "docs" / "faults.md").read_text()


def test_every_fault_says_what_must_come_of_it() -> None:
    assert [fault.name for fault in FAULTS if len(fault.promise) < 20] == []
