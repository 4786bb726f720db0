"""The Spark job against the checker on random streams: equal, row for row.

20 streams in the default list, 100 in the thorough one; `tox -e differential -- --examples 1000 --seed 7`
runs more, or others.
"""

import gc
import shutil
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from pyspark.sql import SparkSession

from clickstream.contract.definition.rejection import FUTURE_EVENT
from cut_topic import CutTopic
from spark.conftest import Amount
from spark.cut_job import run_and_check
from spark.random_streams import Stream, streams
from story import stream_settings, windows_of

ENOUGH_TO_SEE_EDGES = 20
AT_LEAST_PER_STREAM = {"rows": 1, "late": 1, "rejected": 1, "open": 1, "future": 0.05}
"""Of what every run must have seen on average; a third of the streams have a tolerance for the future."""


@pytest.mark.timeout(0)  # as long as the number of examples asks for
def test_on_any_stream_the_job_lands_what_the_checker_expects(
    session: SparkSession, amount: Amount, record_property: Callable[[str, object], None]
) -> None:
    examples, chosen_seed = amount.streams, amount.seed
    streams_compared = 0
    compared = dict.fromkeys(AT_LEAST_PER_STREAM, 0)

    @seed(chosen_seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(streams())
    def agree(stream: Stream) -> None:
        nonlocal streams_compared
        folder = Path(tempfile.mkdtemp(prefix="clickstream-differential-"))
        try:
            topic, settings = CutTopic(folder / "topic"), stream_settings(**stream.settings)
            windows = windows_of(**stream.settings)
            begins = [0, *stream.runs_end_after]
            runs = [stream.batches[begin:end] for begin, end in pairwise(begins)]
            verdict = run_and_check(session, topic, settings, windows, folder, runs=runs)
        finally:
            shutil.rmtree(folder)
            gc.collect()  # what Python holds of the stream's plans, the JVM holds too
        note(f"again: tox -e differential -- --examples {examples} --seed {chosen_seed}")
        assert verdict.passed, verdict.findings
        streams_compared += 1
        compared["rows"] += sum(table.rows_landed for table in verdict.tables)
        compared["late"] += sum(table.late_events_dropped or 0 for table in verdict.tables)
        compared["open"] += sum(table.open_windows or 0 for table in verdict.tables)
        compared["rejected"] += verdict.rejected
        compared["future"] += verdict.reasons.get(FUTURE_EVENT, 0)

    agree()
    for what, count in compared.items():
        record_property(what, count)
    assert streams_compared >= examples
    if examples >= ENOUGH_TO_SEE_EDGES:  # streams that reach no edge would agree, too
        short = {what: n for what, n in compared.items() if n < AT_LEAST_PER_STREAM[what] * examples}
        assert not short, compared
