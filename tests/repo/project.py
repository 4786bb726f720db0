"""What the repository's own tests read: its files, its documents' commands, its settings."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from clickstream.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]

SHELL_BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
OURS = re.compile(r"^(?:\w+=(?:\"[^\"]*\"|'[^']*'|\S*) +)*(?:\./scripts/|clickstream )")


@dataclass(frozen=True)
class DocumentedCommand:
    """A command line of ours as a document shows it."""

    document: str
    variables: dict[str, str]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {shlex.join(self.words)}"


def tracked_files() -> list[Path]:
    """Every file that git keeps, as a path from the root; skips the test where there is no git checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [Path(name) for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def documents() -> list[Path]:
    """The Markdown that is held to the code; decision records tell of their own day."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def documented_commands() -> list[DocumentedCommand]:
    """Every call of a script or of the command line, in shell blocks and in inline code."""
    return [
        _command(document.name, line.strip())
        for document in documents()
        for line in _code_lines(document.read_text())
        if OURS.match(line.strip())
    ]


def settings() -> dict[str, FieldInfo]:
    """Every setting by its name in the environment, in the order of the pipeline."""
    return {name: each.info for name, each in SETTINGS.items()}


def default_of(info: FieldInfo) -> str:
    """A setting's default as one would write it; empty where it has none."""
    default = info.get_default(call_default_factory=True)
    return "" if default is None else str(default)


def _code_lines(text: str) -> list[str]:
    blocks = [line for block in SHELL_BLOCK.findall(text) for line in block.splitlines()]
    return [*blocks, *INLINE_CODE.findall(text)]


def _command(document: str, line: str) -> DocumentedCommand:
    words = shlex.split(line, comments=True)
    if ">" in words:
        words = words[: words.index(">")]
    first = next(index for index, word in enumerate(words) if not re.match(r"\w+=", word))
    variables = dict(word.split("=", 1) for word in words[:first])
    return DocumentedCommand(document, variables, tuple(words[first:]))
