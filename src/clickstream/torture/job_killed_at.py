"""The job with an end in it: it is killed, its JVM and then itself, where a landing reaches a named point.

    python -m clickstream.torture.job_killed_at QUERY POINT TIME

POINT is one of `sinks.landing.points.POINTS`, TIME counts how often QUERY reaches it. All else as in
`clickstream stream --available-now`, settings included. What is on the disk then is what a start after a
crash at that point finds: without its JVM, Python would still move files and write the batch record.
"""

import itertools
import os
import signal
import sys

import psutil

from clickstream.clock import SystemClock
from clickstream.contract.progress import BatchProgress
from clickstream.errors import ClickstreamError
from clickstream.pipeline.process.process import JobRun, process
from clickstream.settings import load


def main(query: str, point: str, time: int) -> int:
    """Run it; the exit code of `clickstream stream` where the point is never reached."""
    seen = itertools.count(1)

    def reached(of_query: str, here: str) -> None:
        if (of_query, here) == (query, point) and next(seen) == time:
            for child in psutil.Process().children(recursive=True):
                if child.name() == "java":
                    os.kill(child.pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        process(
            load()[0],
            JobRun(
                available_now=True,
                clock=SystemClock(),
                stop_requested=lambda: False,
                on_batch=_tell,
                reached=reached,
            ),
            on_stage=lambda _line: None,
            on_download=lambda _done, _total: None,
        )
    except ClickstreamError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return error.exit_code
    return 0


def _tell(progress: BatchProgress) -> None:
    sys.stdout.write(
        f"event=batch_landed query={progress.query} batch_id={progress.batch_id}"
        f" replayed={str(progress.replayed).lower()}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
