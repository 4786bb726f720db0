"""The lines of README that read a table's folder with tools of others."""

import re

from repo.project import ROOT

LANDED_IN_README = "data/output/default"
"""The folder of a run that these lines read."""


def readme_line(engine: str) -> str:
    """The expression that reads landed rows with polars, pandas, duckdb or spark.

    Raises:
        AttributeError: README has no such line.
    """
    found = re.search(rf"^{engine}\.\S+$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return found[0]  # type: ignore[index]
