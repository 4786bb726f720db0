"""The page of recipes as a user follows it: its pipeline file with every change made, and its commands."""

import ast
import re
import shlex
import sys
from collections.abc import Iterator

from repo.project import ROOT, SHELL_BLOCK

_PAGE = (ROOT / "docs" / "recipes.md").read_text()
_EXAMPLE = (ROOT / "examples" / "temperatures" / "temperatures.py").read_text()
_LAST_FIELD = '        EventField("battery_percent", JsonType.INTEGER, low=0, high=100),\n'


def chapter(title: str) -> str:
    """The text below a heading."""
    return _PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def changed(*titles: str) -> str:
    """The example's file with the changes of these chapters."""
    text = _EXAMPLE
    for title in titles:
        for block in re.findall(r"^```python\n(.*?)^```", chapter(title), re.MULTILINE | re.DOTALL):
            if block.startswith("EventField("):
                assert _LAST_FIELD in text
                text = text.replace(_LAST_FIELD, f"{_LAST_FIELD}        {block.strip()},\n")
            else:
                text = _with_definitions(text, block)
    return text


def commands(title: str) -> Iterator[str]:
    """The command lines of a chapter, for a shell without an installed kit."""
    for block in SHELL_BLOCK.findall(chapter(title)):
        for line in block.splitlines():
            yield re.sub(r"^clickstream\b", f"{shlex.quote(sys.executable)} -m clickstream", line)


def dotenv(title: str) -> str:
    """The settings that a chapter puts into `.env`."""
    (block,) = re.findall(r"^```ini\n(.*?)^```", chapter(title), re.MULTILINE | re.DOTALL)
    return str(block)


def _named(text: str) -> dict[str, str]:
    """The source of every definition of a module, by name."""
    found = {}
    for node in ast.parse(text).body:
        name = node.name if isinstance(node, ast.FunctionDef) else ""
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name:
            found[name] = ast.get_source_segment(text, node) or ""
    return found


def _with_definitions(text: str, block: str) -> str:
    """A module in which the definitions of a block replace those of their names, or come before the last."""
    before = _named(text)
    last = list(before.values())[-1]
    for name, source in _named(block).items():
        if name in before:
            text = text.replace(before[name], source)
        else:
            text = text.replace(last, f"{source}\n\n\n{last}")
    return text
