"""Every process that the kit starts is given its environment: none inherits the shell's."""

import ast
from collections.abc import Iterator
from pathlib import Path

from repo.project import ROOT

SOURCES = sorted((ROOT / "src").rglob("*.py"))
STARTERS = {"subprocess.run", "subprocess.Popen", "subprocess.check_output", "subprocess.check_call"}
NEVER = {"os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "subprocess.call"}


def calls_in(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


CALLS = [(file, name, call) for file in SOURCES for name, call in calls_in(file)]


def test_every_start_of_a_process_says_what_its_environment_is() -> None:
    starts = [(file, call) for file, name, call in CALLS if name in STARTERS]
    assert starts
    without = [
        f"{file.name}:{call.lineno}"
        for file, call in starts
        if "env" not in {keyword.arg for keyword in call.keywords}
    ]
    assert without == []


def test_no_process_is_started_in_a_way_that_takes_no_environment() -> None:
    assert [f"{file.name}: {name}" for file, name, _ in CALLS if name in NEVER] == []
