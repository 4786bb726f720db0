"""The lines of README that read a table's folder with polars, pandas and duckdb give the landed rows."""

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

import clickstream
from repo.readers import LANDED_IN_README, readme_line
from unit.check.landing import land

ENGINES = {"polars": pl, "pandas": pd, "duckdb": duckdb}


@pytest.mark.parametrize("name", ENGINES)
def test_the_line_of_readme_reads_the_landed_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    landing = land(tmp_path)
    run = tmp_path / LANDED_IN_README
    run.parent.mkdir(parents=True)
    landing.layout.output.rename(run)
    monkeypatch.chdir(tmp_path)
    rows = eval(readme_line(name), {name: ENGINES[name]})  # noqa: S307 - our own document
    expected = clickstream.read("page_metrics", run).collect()
    assert expected.height > 1
    assert tuple(rows.columns) == tuple(expected.columns)
    values = rows.project("revenue").fetchall() if name == "duckdb" else rows[["revenue"]].to_numpy().tolist()
    assert sorted(value for (value,) in values) == sorted(expected["revenue"])
