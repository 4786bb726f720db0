"""The lock files of the jars: coordinates, SHA-256 and size, in the format of jgo.lock.toml."""

import tomllib
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
