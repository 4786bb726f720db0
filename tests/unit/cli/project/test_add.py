"""`add table` extends a pipeline file by a table whose oracle is yet to be written, or changes nothing."""

import shutil
from pathlib import Path

import pytest

from clickstream.contract.definition.loading import load_definition
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Kind
from repo.project import ROOT
from unit.cli.project.calling import called

EXAMPLE = ROOT / "examples" / "temperatures" / "temperatures.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    assert called(tmp_path, "init", "mine").returncode == 0
    return tmp_path / "mine"


def pipeline_of(project: Path, file: str = "pipeline.py") -> Pipeline:
    return load_definition(f"{project / file}:pipeline", project)


def test_tables_of_both_kinds_are_added_with_a_stub_and_a_story(project: Path) -> None:
    for name, kind in (("visits", Kind.SESSION), ("views_per_origin", Kind.TUMBLING)):
        ended = called(project, "add", "table", name, "--kind", kind.value)
        assert ended.returncode == 0, ended.stderr
        assert f"{name} is `not checked` until you write {name}_by_polars in pipeline.py" in ended.stdout
        assert ended.stdout.splitlines()[-1].endswith(f"-m pytest tests/test_{name}.py")
        added = pipeline_of(project).tables[-1]
        assert (added.name, added.kind, added.group) == (name, kind, ("origin",))
        assert added.polars is not None
        with pytest.raises(NotImplementedError):
            added.polars(None)
        compile((project / f"tests/test_{name}.py").read_text(), name, "exec")
    assert [window.name for window in pipeline_of(project).windows] == [
        "AMOUNTS_WINDOW",
        "VISITS_GAP",
        "VIEWS_PER_ORIGIN_WINDOW",
    ]


def test_a_table_is_added_to_a_file_that_init_did_not_write(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    ended = called(tmp_path, "add", "table", "readings_per_sensor", "--pipeline", "temperatures.py:pipeline")
    assert ended.returncode == 0, ended.stderr
    added = pipeline_of(tmp_path, "temperatures.py").tables[-1]
    assert (added.name, added.group) == ("readings_per_sensor", ("sensor",))
    assert '"measured_at": f"2026' in (tmp_path / "tests/test_readings_per_sensor.py").read_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("amounts", "There is a table amounts already."),
        ("event", "The table needs the name EVENT, which is in use."),
        ("batch_max", "tests/test_batch_max.py exists already."),
        ("Visits", "A table cannot have the name 'Visits'."),
        ("a-b", "A table cannot have the name 'a-b'."),
        ("a_", "A table cannot have the name 'a_'."),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_and_nothing_changes(
    project: Path, name: str, said: str
) -> None:
    (project / "tests/test_batch_max.py").write_text("")
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    refused = called(project, "add", "table", name)
    assert refused.returncode == 2
    assert f"error: {said}" in refused.stderr
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == before


def test_a_second_table_of_the_same_name_is_refused(project: Path) -> None:
    assert called(project, "add", "table", "visits").returncode == 0
    refused = called(project, "add", "table", "visits", "--kind", "session")
    assert "error: There is a table visits already." in refused.stderr
    assert len(pipeline_of(project).tables) == 4


def test_the_bundled_pipeline_is_refused_with_the_command_that_makes_one(tmp_path: Path) -> None:
    refused = called(tmp_path, "add", "table", "visits")
    assert refused.returncode == 2
    assert "is not a file of your own" in refused.stderr
    assert "init my_project" in refused.stderr


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("pipeline = define.Pipeline(", "made = define.Pipeline(", "does not define pipeline as"),
        ('"origin"', '"events"', "The table does not fit the pipeline: "),
    ],
)
def test_a_file_that_cannot_be_extended_is_left_as_it_is(
    project: Path, was: str, becomes: str, said: str
) -> None:
    file = project / "pipeline.py"
    text = file.read_text().replace(was, becomes) + ("pipeline = made\n" if "made" in becomes else "")
    text = text.replace('"events": events.count', '"number": events.count').replace(
        'alias("events")', 'alias("number")'
    )
    file.write_text(text.replace('Column("events"', 'Column("number"'))
    before = file.read_text()
    refused = called(project, "add", "table", "visits")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert file.read_text() == before
    assert not (project / "tests/test_visits.py").exists()
