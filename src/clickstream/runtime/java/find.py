"""Finding a Java that Spark and Kafka run on, without starting one if its folder shows enough."""

import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from clickstream.errors import JavaNotFound
from clickstream.settings import child_environment

VERSIONS = (17, 21)
"""Major versions that Spark 4 is tested on; Kafka 4 needs 17 at least."""
MODULE = "jdk.incubator.vector"
"""Spark 4 asks for this module at start and does not come up without it."""

_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/opt/*",
    "~/.sdkman/candidates/java/*",
    "~/.asdf/installs/java/*",
    "~/.local/share/mise/installs/java/*",
    "~/.jdks/*",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
)
_ASK_TIMEOUT_S = 20
_NEEDED = f"Spark and Kafka need Java {' or '.join(str(version) for version in VERSIONS)} with {MODULE}"
_INSTALL = (
    "brew install openjdk@17" if sys.platform == "darwin" else "apt install openjdk-17-jre-headless"
) + " (or your system's Java 17 or 21)"


@dataclass(frozen=True, slots=True)
class JavaHome:
    """A Java; one that is found fits Spark and Kafka."""

    path: Path
    """Its home, what JAVA_HOME is set to."""
    version: int
    """The major version; 0 if no Java answers."""
    modules: frozenset[str] = frozenset()
    note: str = ""
    """A note on the choice for the user; empty if there is none."""

    @property
    def executable(self) -> Path:
        """Its `java`."""
        return self.path / "bin" / "java"

    def objection(self) -> str:
        """Why Spark and Kafka do not run on it, as the end of a sentence; empty if they do."""
        if not self.version:
            return "holds no Java that can be run"
        if self.version not in VERSIONS:
            return f"is Java {self.version}"
        return "" if MODULE in self.modules else f"is Java {self.version} without the module {MODULE}"


def find_java(
    java_home: Path | None = None, *, on_path: str | None = None, folders: Iterable[str] = _FOLDERS
) -> JavaHome:
    """The Java to run Spark and Kafka with: JAVA_HOME, then PATH, then the usual folders.

    JAVA_HOME is often set for other programs: if it does not fit, the `note` names the Java that is used
    instead. `on_path` is the `java` of PATH: None asks the system, an empty text means there is none.

    Raises:
        JavaNotFound: none fits; says in one sentence what was found and why it does not fit.
    """
    rejected = []
    if java_home is not None:
        home = java_home.expanduser()
        given = _look(home / "bin" / "java")
        if not given.objection():
            return replace(given, path=home)
        rejected.append(f"JAVA_HOME={java_home} {given.objection()}")
    for candidate in _candidates(on_path, folders):
        if not candidate.objection():
            instead = f"Java {candidate.version} in {candidate.path} is used instead"
            return replace(candidate, note=f"{rejected[0]}; {instead}.") if java_home else candidate
        if candidate.version:
            rejected.append(f"{candidate.path} {candidate.objection()}")
    seen = "; ".join(rejected) or "none was found on PATH or in the usual folders"
    raise JavaNotFound(f"{_NEEDED}: {seen}.", next_step=f"{_INSTALL}, or set JAVA_HOME to one.")


def _candidates(on_path: str | None, folders: Iterable[str]) -> Iterator[JavaHome]:
    executable = shutil.which("java") if on_path is None else on_path
    found = [executable] if executable else []
    for pattern in folders:
        # glob ignores what may not be read, and leaves `~` where no home is known.
        found += sorted(glob.glob(os.path.expanduser(f"{pattern}/bin/java")))  # noqa: PTH111, PTH207
    seen: set[Path] = set()
    for java in map(_look, map(Path, found)):
        if java.path not in seen:
            seen.add(java.path)
            yield java


def _look(executable: Path) -> JavaHome:
    """The Java of an executable, by its home's release file; asked only if the file does not say enough."""
    home = executable.resolve().parent.parent
    try:
        if not executable.is_file():
            return JavaHome(home, 0)
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        release = ""
    version = re.search(r'^JAVA_VERSION="([^"]+)"', release, re.MULTILINE)
    modules = re.search(r'^MODULES="([^"]*)"', release, re.MULTILINE)
    if version and (modules or _major(version[1]) not in VERSIONS):
        return JavaHome(home, _major(version[1]), frozenset(modules[1].split() if modules else ()))
    return _asked(executable)


def _asked(executable: Path) -> JavaHome:
    """What a Java says about itself: a shim of a version manager is not in the home of its Java."""
    try:
        answer = subprocess.run(
            [str(executable), "-XshowSettings:properties", "--list-modules"],
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ASK_TIMEOUT_S,
            check=True,
            text=True,
            errors="replace",
        ).stdout
    except (OSError, subprocess.SubprocessError):
        answer = ""
    home = re.search(r"^\s*java\.home = (.+)$", answer, re.MULTILINE)
    modules = dict(re.findall(r"^([a-z][\w.]*)@(\S+)", answer, re.MULTILINE))
    path = Path(home[1].strip()) if home else executable.resolve().parent.parent
    return JavaHome(path, _major(modules.get("java.base", "")), frozenset(modules))


def _major(version: str) -> int:
    number = re.match(r"(?:1\.)?(\d+)", version)
    return int(number[1]) if number else 0
