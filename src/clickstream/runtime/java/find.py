"""Finding a Java that Spark and Kafka run on, without starting one if its folder shows enough."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from clickstream.errors import JavaNotFound
from clickstream.settings import java_finder_environment

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
        given = _look(java_home.expanduser())
        if not given.objection():
            return given
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
    seen: set[Path] = set()
    executable = shutil.which("java") if on_path is None else on_path
    if executable:
        yield from _unseen(_look_on_path(Path(executable)), seen)
    for pattern in folders:
        expanded = Path(os.path.expanduser(pattern))  # noqa: PTH111 - it leaves `~` where no home is known
        if not expanded.is_absolute():
            continue
        anchor = Path(expanded.anchor)
        # The pattern includes the program: glob ignores what may not be read, is_file raises.
        for java in sorted(anchor.glob(str(expanded.relative_to(anchor) / "bin" / "java"))):
            home = java.parent.parent
            yield from _unseen(_look(home), seen)


def _unseen(found: JavaHome, seen: set[Path]) -> Iterator[JavaHome]:
    real = found.path.resolve()
    if real not in seen:
        seen.add(real)
        yield found


def _look_on_path(executable: Path) -> JavaHome:
    home = executable.resolve().parent.parent
    if (home / "release").is_file():
        return _look(home)
    # A version manager's shim or the stub of macOS: only the Java behind it knows its folder.
    answer = _ask(executable, "-XshowSettings:properties", "-version")
    told = re.search(r"^\s*java\.home = (.+)$", answer, re.MULTILINE)
    return _look(Path(told[1].strip()) if told else home)


def _look(home: Path) -> JavaHome:
    """What a home holds, by its release file; asked of its Java only where that leaves a doubt."""
    try:
        if not (home / "bin" / "java").is_file():
            return JavaHome(home, 0)
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        release = ""
    told_version = re.search(r'^JAVA_VERSION="([^"]+)"', release, re.MULTILINE)
    told_modules = re.search(r'^MODULES="([^"]*)"', release, re.MULTILINE)
    version = _major(told_version[1]) if told_version else 0
    if version and (told_modules or version not in VERSIONS):
        return JavaHome(home, version, frozenset(told_modules[1].split() if told_modules else ()))
    return _asked(home)


def _asked(home: Path) -> JavaHome:
    lines = re.findall(
        r"^([a-z][\w.]*)(?:@(\S+))?", _ask(home / "bin" / "java", "--list-modules"), re.MULTILINE
    )
    modules = dict(lines)
    return JavaHome(home, _major(modules.get("java.base", "")), frozenset(modules))


def _major(version: str) -> int:
    told = re.match(r"(?:1\.)?(\d+)", version)
    return int(told[1]) if told else 0


def _ask(executable: Path, *arguments: str) -> str:
    try:
        answer = subprocess.run(
            [str(executable), *arguments],
            env=java_finder_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ASK_TIMEOUT_S,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout if answer.returncode == 0 else ""
