"""Reading a Parquet file that differs from its record, in a separate process.

A damaged Parquet file can take the whole process with it: a flipped bit in a length makes the reader ask
for more memory than there is, and abort. So a changed file is opened by a child, which hands its rows
over as an Arrow stream, or dies alone.

Run as a module, this file is that child: Parquet bytes on stdin, the stream on stdout.
"""

import io
import subprocess
import sys

import polars as pl

from clickstream.settings import kit_environment

_PATIENCE_S = 60


def read_in_quarantine(content: bytes) -> pl.DataFrame | None:
    """The rows of a Parquet file, or None where it cannot be read."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            env=kit_environment({}),
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
        )
        return None if child.returncode else pl.read_ipc_stream(io.BytesIO(child.stdout))
    except (OSError, subprocess.SubprocessError, pl.exceptions.PolarsError):
        return None


def _child() -> None:
    rows = pl.read_parquet(io.BytesIO(sys.stdin.buffer.read()))
    rows.write_ipc_stream(sys.stdout.buffer)


if __name__ == "__main__":
    _child()
