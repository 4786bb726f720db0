"""Every setting has a test that it acts: one that fails when its value does not arrive where it must.

Such a test carries `@pytest.mark.acts("NAME", …)`. The marks are read from the source, so that nothing of
what the tests need has to be there.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from repo.project import ROOT, settings


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def marks_in(source: str) -> Iterator[str]:
    """The settings that marks on the tests of a file name; a mark of anything but names in quotes raises."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.acts":
                yield from (str(ast.literal_eval(name)) for name in decorator.args)


MARKED = {name for file in files_of_tests() for name in marks_in(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", settings())
def test_a_test_sees_the_setting_act(name: str) -> None:
    assert name in MARKED


def test_no_mark_names_a_setting_that_there_is_not() -> None:
    assert set(settings()) >= MARKED


def test_only_a_mark_on_a_test_counts() -> None:
    source = """
@pytest.mark.acts("ONE", "TWO")
@pytest.mark.parametrize("a", [1])
def test_it(a): ...

@pytest.mark.acts("THREE")
def builder(): ...
"""
    assert list(marks_in(source)) == ["ONE", "TWO"]
