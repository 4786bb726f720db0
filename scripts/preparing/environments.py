"""The environments, and the stamp in each that says what it was made from."""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
TOOLS_LOCK = ROOT / "scripts" / "tools.txt"
LOCK = ROOT / "poetry.lock"

STAMP = "made-from.json"

# PATH and Java's class path are divided at colons; pip quotes an interpreter's path only against blanks;
# Java takes "!/" for the place within a jar.
UNUSABLE = re.compile(r'[:"$`\\\x00-\x1f\x7f]|!(?:/|$)|[\ud800-\udfff]')

Stamp = Mapping[str, str]


@dataclass(frozen=True)
class Environment:
    """An environment to be made: where, and from what."""

    directory: Path
    groups: str
    without: frozenset[str]
    kit: str | None

    @property
    def python(self) -> Path:
        """The environment's own interpreter."""
        return self.directory / "bin" / "python"

    def stamp(self) -> Stamp:
        """What the environment is made from, part by part."""
        locked = digest(LOCK.read_bytes(), self.groups, *sorted(self.without))
        return {"python": this_python(self.directory), "locked": locked, "kit": self._kit_digest()}

    def _kit_digest(self) -> str:
        sources = [ROOT / "pyproject.toml"]
        if self.kit == "wheel":
            code = (path for path in (ROOT / "src").rglob("*") if path.is_file())
            sources += [ROOT / "README.md", ROOT / "LICENSE"]
            sources += sorted(path for path in code if "__pycache__" not in path.parts)
        return digest(
            f"{self.kit}, installed by pip",
            *(part for path in sources for part in (str(path), path.read_bytes())),
        )


VENV = Environment(ROOT / ".venv", groups="main", without=frozenset(), kit="editable")
"""What the kit's own commands run in."""


def tools_stamp() -> Stamp:
    """What the tools environment is made from."""
    return {"python": this_python(TOOLS), "locked": digest(TOOLS_LOCK.read_bytes())}


def made_from(directory: Path) -> Stamp:
    """The stamp of an environment that is there and whole, else nothing."""
    try:
        stamp = json.loads((directory / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and (directory / "bin" / "python").exists() else {}


def write_stamp(directory: Path, stamp: Stamp) -> None:
    """Say what an environment was made from, once it is whole."""
    (directory / STAMP).write_text(json.dumps(stamp, indent=1) + "\n")


def this_python(directory: Path) -> str:
    """Which Python, and where: an environment can be neither moved nor given another interpreter."""
    return f"{sys.version.split()[0]} of {sys.base_prefix} in {directory}"


def digest(*parts: str | bytes) -> str:
    """One hash over all parts and their order."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()


def unusable(folder: Path) -> str:
    """What keeps a project from working in this folder, as a sentence; empty where nothing does."""
    found = UNUSABLE.search(str(folder))
    if not found:
        return ""
    character = ascii(found[0].strip("/")) if found[0] != '"' else "a double quote"
    return f"{ascii(str(folder))[1:-1]} has {character} in its name, which PATH, Java or a script cannot hold"
