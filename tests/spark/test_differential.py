"""The Spark job against the checker on random streams: equal, row for row.

Twenty streams by default; `tox -e differential -- --examples 1000 --seed 7` for more, or for others.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from pyspark.sql import SparkSession

from cut_topic import CutTopic
from spark.cut_job import run_and_check
from spark.random_streams import Stream, streams
from story import stream_settings


@pytest.mark.timeout(0)  # as long as the number of examples asks for
def test_on_any_stream_the_job_lands_what_the_checker_expects(
    session: SparkSession, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    examples = int(pytestconfig.getoption("--examples", default=20))
    chosen_seed = int(pytestconfig.getoption("--seed", default=1))
    compared = {"streams": 0, "rows": 0, "late": 0, "rejected": 0, "open": 0}

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
        folder = Path(tempfile.mkdtemp(prefix="clickstream-differential-"))
        try:
            topic = CutTopic(folder / "topic")
            for batch in stream.batches:
                topic.cut(batch)
            verdict = run_and_check(session, topic, stream_settings(**stream.settings), folder)
        finally:
            shutil.rmtree(folder)
        note(f"again: tox -e differential -- --examples {examples} --seed {chosen_seed}")
        assert verdict.passed, verdict.findings
        compared["streams"] += 1
        compared["rows"] += sum(table.rows_landed for table in verdict.tables)
        compared["late"] += sum(table.late_events_dropped or 0 for table in verdict.tables)
        compared["open"] += sum(table.open_windows or 0 for table in verdict.tables)
        compared["rejected"] += verdict.rejected

    agree()
    for what, count in compared.items():
        record_property(what, count)
    # Streams that reach no edge would agree, too: what the default list must have seen.
    if examples >= 100:
        assert compared["streams"] >= 100
        assert min(compared.values()) > 100, compared
