"""A run in folders whose names have characters that mean something to a shell, a URI or a pattern."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from clickstream.clicks.tables import PAGE_METRICS
from clickstream.contract.run.layout import Layout
from file_topic import click
from landing_job import LandingJob

ODD = "a b[c]{d,e}*f?g#h%20ij'k\"l=m&n;o$p!q~zażółć\\r"


@pytest.mark.thorough
def test_a_run_lands_and_resumes_wherever_it_is(session: SparkSession, tmp_path: Path) -> None:
    job = LandingJob(session, tmp_path)
    job.layout = Layout(output=tmp_path / ODD / "output", checkpoint=tmp_path / ODD / "checkpoint")
    for minute in (0, 5):
        job.topic.add(*(click(f"12:0{minute}:{second:02}", user_id="u") for second in (0, 30)))
        job.run()
    assert len(job.rows(PAGE_METRICS)) == 1
    assert job.named_files() == job.all_files()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["topic", ODD])
