"""A pipeline file that cannot run is refused in one sentence: the file, the line, what was expected."""

from pathlib import Path

import pytest

from clickstream.contract.definition.loading import load_definition
from clickstream.errors import DefinitionInvalid

SOUND = """
from clickstream.define import (
    Column, ColumnType, Event, EventField, JsonType, Pipeline, WindowSetting,
    event_table, rejected_table, session_table, tumbling_table,
)

READING = Event(
    (EventField("at", JsonType.STRING), EventField("sensor", JsonType.STRING, values=("a", "b", None)),
     EventField("celsius", JsonType.NUMBER, low=-20, high=45.5)),
    time_field="at",
    key_field="sensor",
)
WINDOW = WindowSetting("SENSOR_WINDOW", "10 minutes")
def by_spark(events, window):
    return events
COUNTS = tumbling_table(
    READING, "counts", window=WINDOW, group=("sensor",), measures=(Column("readings", ColumnType.INT64),),
    spark=by_spark,
)
TABLES = (event_table(READING, "readings"), rejected_table("rejected"), COUNTS)
pipeline = Pipeline("temperatures", READING, TABLES)
"""


def loaded(folder: Path, text: str, name: str = "pipeline"):
    file = folder / "mine.py"
    file.write_text(text)
    return load_definition(f"{file}:{name}", folder)


def refusal(folder: Path, text: str, name: str = "pipeline") -> DefinitionInvalid:
    with pytest.raises(DefinitionInvalid) as refused:
        loaded(folder, text, name)
    assert str(folder / "mine.py") in refused.value.sentence
    assert refused.value.next_step
    assert "\n" not in refused.value.sentence
    return refused.value


def test_a_sound_file_gives_its_pipeline_with_each_window_once(tmp_path: Path) -> None:
    pipeline = loaded(tmp_path, SOUND)
    assert (pipeline.name, [window.name for window in pipeline.windows]) == (
        "temperatures",
        ["SENSOR_WINDOW"],
    )


def test_a_file_may_import_what_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "my_own_fields.py").write_text(SOUND)
    assert loaded(tmp_path, "from my_own_fields import pipeline\n").name == "temperatures"


def test_the_bundled_pipeline_is_a_module_by_its_name(tmp_path: Path) -> None:
    assert load_definition("clickstream.clicks:CLICKS", tmp_path).name == "clicks"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (\n", ", line 1: SyntaxError: '(' was never closed."),
        ("\nimport no_such_thing\n", ", line 2: it imports no_such_thing, which is not installed."),
        ("def f():\n    return 1 / 0\nx = f()\n", ", line 2: ZeroDivisionError: division by zero."),
        ("raise SystemExit(3)\n", ", line 1: SystemExit: 3."),
        ("other = 1\n", " has no pipeline 'pipeline'."),
        ("pipeline = {}\n", " is of type dict: expected a Pipeline."),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_the_line(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(tmp_path, text).sentence.endswith(said)


def test_a_wrong_name_is_answered_with_the_right_one(tmp_path: Path) -> None:
    assert "mine.py:pipeline" in refusal(tmp_path, SOUND, "pipelin").next_step


def test_a_file_or_module_that_there_is_not_is_named(tmp_path: Path) -> None:
    for place in (f"{tmp_path}/none.py:p", "no.such.module:p"):
        with pytest.raises(DefinitionInvalid, match="There is no") as refused:
            load_definition(place, tmp_path)
        assert place.rpartition(":")[0] in refused.value.sentence


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("JsonType.NUMBER, low=-20, high=45.5", '"float"', "Field 'celsius' has the unknown type 'float'"),
        ('"celsius", J', '"reason", J', "field 'reason' has a name that the engine uses itself"),
        ('"celsius", J', '"°C", J', "field '°C' has a name that no column can have"),
        ('"celsius", J', '"Sensor", J', "two fields have the name 'Sensor'"),
        ("low=-20", "low=50", "field 'celsius' has low=50 above high=45.5"),
        ("low=-20", 'low="cold"', "field 'celsius' has the bounds 'cold' and 45.5"),
        ('"b", None', "7, None", "field 'sensor' has 7 among its values"),
        ('time_field="at"', 'time_field="celsius"', "time_field is 'celsius': expected a string field"),
        ('group=("sensor",)', "group=()", "table counts has no key: expected at least one field in `group`"),
        ('group=("sensor",)', 'group="sensor"', "`group` of table counts is the text 'sensor'"),
        (
            'group=("sensor",)',
            'group=("sensr",)',
            "`group` of table counts has 'sensr', which is not",
        ),
        ("spark=", 'reads=("kelvin",), spark=', "`reads` of table counts has 'kelvin'"),
        ("(Column(", "tuple() and (Column(", "table counts has no columns to measure"),
        ('"readings", C', '"kafka_offset", C', "table counts has a column 'kafka_offset'"),
        ('"readings", C', '"sensor", C', "table counts has two columns 'sensor'"),
        ("ColumnType.INT64", '"int"', "table counts has a column readings of the unknown type 'int'"),
        ("spark=by_spark", "spark=None", "table counts has NoneType as its spark half: expected a function"),
        ("spark=by_spark", "spark=by_spark, polars=3", "table counts has int as its polars half"),
        ('"counts", w', '"Readings", w', "two tables have the name 'Readings'"),
        ('"counts", w', '"../counts", w', "table '../counts' has a name that no folder can have"),
        (
            ', rejected_table("rejected")',
            "",
            "the first two tables are not an event_table and a",
        ),
        (", COUNTS)", ")", "there is no table with windows"),
        ('"SENSOR_WINDOW"', '"window"', "the window setting 'window' has a name that no setting can have"),
        ('"10 minutes"', '"10 sheep"', "the window setting SENSOR_WINDOW has the length '10 sheep'"),
        ('"10 minutes"', '"0"', "expected a duration longer than zero"),
        ("window=WINDOW", 'window="10 minutes"', "the length of table counts is '10 minutes'"),
        ("TABLES)\n", "TABLES, generator=1)\n", "the pipeline's generator is int: expected a function"),
        ('Pipeline("temperatures"', 'Pipeline("my temperatures"', "the pipeline's name is 'my temperatures'"),
    ],
)
def test_a_fault_in_the_definition_is_named_with_what_was_expected(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    assert was in SOUND
    assert said in refusal(tmp_path, SOUND.replace(was, becomes, 1)).sentence
