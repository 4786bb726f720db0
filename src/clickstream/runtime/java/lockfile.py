"""The lock files of the jars: coordinates, SHA-256 and size, in the format of jgo.lock.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One jar in the lock; `sha256` in lower-case hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str
    size_bytes: int

    @property
    def coordinate(self) -> str:
        """Group, artifact and version with colons, as Maven writes them."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def relative_path(self) -> PurePosixPath:
        """Its path in a Maven repository and in the cache."""
        folder = PurePosixPath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def read_lock(name: str) -> list[LockedJar]:
    """The jars of a lock that is part of this package: `spark-kafka` or `kafka`, in its order."""
    text = (
        files("clickstream.runtime.java").joinpath("locks", f"{name}.lock.toml").read_text(encoding="utf-8")
    )
    return parse_lock(text)


def parse_lock(text: str) -> list[LockedJar]:
    """Read a lock file's text."""
    return [
        LockedJar(each["groupId"], each["artifactId"], each["version"], each["sha256"], each["size_bytes"])
        for each in tomllib.loads(text)["dependencies"]
    ]


def render_lock(name: str, jars: Sequence[LockedJar], jgo_version: str) -> str:
    """Write a lock file's text; jgo reads it too, and ignores `size_bytes`."""
    lines = [
        "# Made by `python -m clickstream.runtime.java.relock`; not edited by hand.",
        "[metadata]",
        f'jgo_version = "{jgo_version}"',
        "",
        "[environment]",
        f'name = "{name}"',
    ]
    for jar in jars:
        lines += [
            "",
            "[[dependencies]]",
            f'groupId = "{jar.group}"',
            f'artifactId = "{jar.artifact}"',
            f'version = "{jar.version}"',
            'packaging = "jar"',
            f'sha256 = "{jar.sha256}"',
            f"size_bytes = {jar.size_bytes}",
        ]
    return "\n".join(lines) + "\n"
