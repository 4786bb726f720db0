"""The example and its tutorial are one file, which defines what it says."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import polars as pl
import pytest

from clickstream.check.expected.tables import refuse_unsound_polars_halves
from clickstream.contract.definition.loading import load_definition
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.errors import DefinitionInvalid
from clickstream.generate.events import EventStream
from clickstream.settings import GeneratorSettings
from repo.project import ROOT

EXAMPLE = ROOT / "examples" / "temperatures" / "temperatures.py"
TUTORIAL = (ROOT / "docs" / "your-own-pipeline.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
NEW_YEAR_US = 1_767_225_600_000_000


@pytest.fixture
def pipeline() -> Pipeline:
    return load_definition(f"{EXAMPLE}:pipeline", EXAMPLE.parent)


def test_the_blocks_of_the_tutorial_are_the_example(tmp_path: Path) -> None:
    written = tmp_path / "temperatures.py"
    written.write_text("\n".join(BLOCKS[:-1]))
    squeezed = [re.sub(r"\n+", "\n", text) for text in (written.read_text(), EXAMPLE.read_text())]
    assert squeezed[0] == squeezed[1]
    assert load_definition(f"{written}:pipeline", tmp_path).name == "temperatures"


def test_it_has_five_fields_and_one_oracle_for_two_tables(pipeline: Pipeline) -> None:
    assert len(pipeline.event.fields) == 5
    assert [(table.name, table.polars is not None) for table in pipeline.windowed_tables] == [
        ("temperatures", True),
        ("online", False),
    ]
    assert [window.name for window in pipeline.windows] == ["TEMPERATURE_WINDOW", "SILENCE_GAP"]


def test_it_uses_the_public_api_alone() -> None:
    imported = set(re.findall(r"^\s*from (clickstream\S*) import", EXAMPLE.read_text(), re.MULTILINE))
    assert imported == {"clickstream.define"}


def values(pipeline: Pipeline, count: int) -> list[dict[str, object]]:
    settings = GeneratorSettings(MALFORMED_RATE=0, LATE_RATE=0, MSG_KEY="none")
    stream = EventStream(pipeline, settings, 1, NEW_YEAR_US)
    return [json.loads(value or b"") for value in stream.records(0, count).values]


def test_it_has_plausible_readings_at_once(pipeline: Pipeline) -> None:
    readings = pl.DataFrame(values(pipeline, 500))
    assert readings["celsius"].is_between(-5, 35).all()
    assert readings["room"].unique().sort().to_list() == [None, "attic", "cellar", "kitchen"]
    assert readings["sensor"].str.starts_with("sensor-").all()


def test_the_generator_of_the_tutorial_decides_the_fields_that_it_gives(pipeline: Pipeline) -> None:
    found: dict[str, object] = {}
    exec(BLOCKS[-1], found)  # noqa: S102 - a block of our own document
    reading = found["reading"]
    assert reading(Random(1), 0) == reading(Random(1), 0)  # type: ignore[operator]
    readings = pl.DataFrame(values(replace(pipeline, generator=reading), 500))
    mean = readings.group_by("room").agg(pl.col("celsius").mean()).sort("celsius")
    assert mean["room"].to_list()[0] == "cellar"
    assert readings["battery_percent"].is_between(0, 100).all()


@pytest.mark.parametrize(
    ("half", "said"),
    [
        (lambda groups: {"lowest": groups.min("celsius")}, "it computes lowest; expected are highest, low"),
        (lambda groups: 1 / 0, "fails with ZeroDivisionError: division by zero"),
        (
            lambda groups: dict.fromkeys(("lowest", "mean", "highest"), 1.0),
            "gives float for lowest, not a Measure",
        ),
        (
            lambda groups: {
                "lowest": groups.min("sensor"),
                "mean": groups.mean("celsius"),
                "highest": groups.max("celsius"),
            },
            "gives lowest as String; declared is Float64",
        ),
        (lambda groups: sys.exit(0), "fails with SystemExit: 0"),
    ],
)
def test_a_polars_half_that_cannot_check_is_refused_before_anything_starts(
    pipeline: Pipeline, half: object, said: str
) -> None:
    refuse_unsound_polars_halves(pipeline)
    tables = [*pipeline.tables[:2], replace(pipeline.tables[2], polars=half), pipeline.tables[3]]
    with pytest.raises(DefinitionInvalid) as refused:
        refuse_unsound_polars_halves(replace(pipeline, tables=tuple(tables)))
    assert "The polars half of table temperatures (" in refused.value.sentence
    assert said in refused.value.sentence
