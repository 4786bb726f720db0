"""The job with an end in it: its JVM is killed where a landing reaches a named point.

    python -m clickstream.operate.torture.doomed_job POINT TIME

POINT is one of `sinks.points.POINTS`, TIME counts how often any query reaches it. All else as in
`clickstream stream --available-now`, settings included.
"""

import itertools
import os
import signal
import sys

import psutil

from clickstream.clock import SystemClock
from clickstream.contract.progress import BatchProgress
from clickstream.errors import ClickstreamError
from clickstream.pipeline.process import process
from clickstream.settings import load


def main(point: str, time: int) -> int:
    """Run it; the exit code of `clickstream stream`."""
    seen = itertools.count(1)

    def reached(_query: str, here: str) -> None:
        if here == point and next(seen) == time:
            for child in psutil.Process().children(recursive=True):
                if child.name() == "java":
                    os.kill(child.pid, signal.SIGKILL)

    try:
        process(
            load()[0],
            available_now=True,
            clock=SystemClock(),
            stop_requested=lambda: False,
            on_batch=_tell,
            on_stage=lambda _line: None,
            on_download=lambda _done, _total: None,
            reached=reached,
        )
    except ClickstreamError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return error.exit_code
    return 0


def _tell(progress: BatchProgress) -> None:
    sys.stdout.write(f"event=batch_landed query={progress.query} batch_id={progress.batch_id}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
