"""Renewing the lock files: resolve what the kit asks for, fetch it, write down versions and hashes.

Run `python scripts/relock.py` after changing a version below, look at the difference, and run the tests.
"""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jgo.maven import Dependency, MavenContext

from clickstream.runtime.java.fetching import repositories
from clickstream.runtime.java.lockfile import LockedJar


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one lock is made from; without `transitive` only the named jars."""

    coordinates: tuple[str, ...]
    transitive: bool


WANTED = {
    # What these four depend on (Hadoop's client, Scala, compression) is among PySpark's own jars already;
    # a second copy on the class path would be a second version of it.
    "spark-kafka": Wanted(
        (
            "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0",
            "org.apache.spark:spark-token-provider-kafka-0-10_2.13:4.2.0",
            "org.apache.kafka:kafka-clients:3.9.2",
            "org.apache.commons:commons-pool2:2.13.1",
        ),
        transitive=False,
    ),
    # Kafka as a library comes without a logger; slf4j-simple writes to standard error, which is our log.
    "kafka": Wanted(("org.apache.kafka:kafka_2.13:4.4.0", "org.slf4j:slf4j-simple:1.7.36"), transitive=True),
}

LOCKS = Path(__file__).parents[1] / "src/clickstream/runtime/java/locks"


def relock(name: str, folder: Path) -> Path:
    """Resolve one lock's jars over the network and write its file into `folder`."""
    wanted = WANTED[name]
    with tempfile.TemporaryDirectory() as scratch:
        maven = MavenContext(repo_cache=Path(scratch), remote_repos=repositories(), timeout=60)
        asked = [maven.create_dependency(coordinate) for coordinate in wanted.coordinates]
        resolved = list(asked)
        if wanted.transitive:
            inputs, transitive = maven.resolver.resolve(asked)
            resolved = [*inputs, *transitive]
        jars = [_locked(dependency) for dependency in resolved]
    path = folder / f"{name}.lock.toml"
    path.write_text(render_lock(name, jars, version("jgo")), encoding="utf-8")
    return path


def _locked(dependency: Dependency) -> LockedJar:
    jar = dependency.artifact.resolve().read_bytes()
    return LockedJar(
        dependency.groupId,
        dependency.artifactId,
        dependency.version,
        hashlib.sha256(jar).hexdigest(),
        len(jar),
    )


def render_lock(name: str, jars: Sequence[LockedJar], jgo_version: str) -> str:
    """Write a lock file's text; jgo reads it too, and ignores `size_bytes`."""
    lines = [
        "# Made by `python scripts/relock.py`; not edited by hand.",
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


if __name__ == "__main__":
    for lock in WANTED:
        sys.stdout.write(f"{relock(lock, LOCKS)}\n")
