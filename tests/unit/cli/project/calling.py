"""The command line in a folder, as a user calls it."""

import subprocess
import sys
from pathlib import Path


def called(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command printed and its exit code; never a traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "clickstream", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended
