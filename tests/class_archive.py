"""What Spark's JVM loads at every start, kept as one file that the JVMs of a test run map instead.

    python tests/class_archive.py FILE

A JVM uses it by -XX:SharedArchiveFile (JEP 350), which SPARK_DRIVER_JAVA_OPTIONS brings to Spark's, and does
without where FILE is missing or was made for other jars. A demo is run, whose JVM writes it as it ends;
nothing is done where FILE is there.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

EVENTS = 2_000


def make(archive: Path) -> None:
    staged = archive.with_suffix(f".{os.getpid()}")
    options = f'"-XX:ArchiveClassesAtExit={staged}" -Xlog:cds=off -Xlog:cds+dynamic=off'
    with tempfile.TemporaryDirectory(prefix="clickstream-classes-") as folder:
        subprocess.run(
            [sys.executable, "-m", "clickstream", "demo", "--events", str(EVENTS), "--folder", "demo"],
            cwd=folder,
            env={**os.environ, "SPARK_DRIVER_JAVA_OPTIONS": options},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    staged.rename(archive)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if not file.exists():
        make(file)
