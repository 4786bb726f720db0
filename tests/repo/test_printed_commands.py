"""Every command that the kit prints, in a hint or an error, is one that the command line takes."""

import ast
import re
import shlex
from collections.abc import Iterator

import pytest

from clickstream.report.commands import COMMAND
from repo.parsing import parse
from repo.project import ROOT

SOURCES = ROOT / "src" / "clickstream"
END = re.compile(r"`|\n|\)|;|·|&&| {2}|, |\. |\.$|: |$")
"""Where a command in a sentence ends."""
ANYTHING = "1"
"""In place of what is filled in when it is printed; fits texts and numbers."""
A_TABLE = "page_metrics"


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    nodes = list(ast.walk(tree))
    of_others = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    of_others |= {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in of_others:
            yield node.value


def calls(tree: ast.Module) -> Iterator[list[str]]:
    """The words of every `command(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "command":
            words = [word for word in node.args if not isinstance(word, ast.Starred)]
            yield [str(word.value) if isinstance(word, ast.Constant) else A_TABLE for word in words]


def printed_commands() -> list[tuple[str, str]]:
    found = []
    for file in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lines = [
            text[match.end() :][: END.search(text[match.end() :]).start()]
            for text in texts(tree)
            for match in COMMAND.finditer(text)
        ]
        lines += [shlex.join(words) for words in calls(tree) if words]
        found += [(str(file.relative_to(SOURCES)), line) for line in lines]
    return sorted(set(found))


@pytest.mark.parametrize(("file", "line"), printed_commands())
def test_a_printed_command_is_one_that_can_be_called(file: str, line: str) -> None:
    parse(shlex.split(line))


def test_the_printed_commands_are_found() -> None:
    # Guards the test above: a pattern that finds nothing would let it pass.
    found = {line for _, line in printed_commands()}
    assert {"up", "show page_metrics", "up --spark standalone", "check"} <= found
