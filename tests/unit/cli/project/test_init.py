"""`init` writes a project that loads, and never overwrites."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from clickstream.check.expected.tables import refuse_unsound_polars_halves
from clickstream.cli.project.init import FILES
from clickstream.contract.definition.loading import load_definition
from unit.cli.project.calling import called


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_project_has_six_small_files_and_the_next_command_is_printed(tmp_path: Path) -> None:
    ended = called(tmp_path, "init", "my-project")
    project = tmp_path / "my-project"
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1].startswith("next: cd my-project && ")
    assert ended.stdout.endswith(" -m pytest\n")
    assert files_in(project) == set(FILES)
    assert all(len((project / name).read_text().splitlines()) <= 70 for name in FILES)
    content = tomllib.loads((project / "pyproject.toml").read_text())
    assert content["project"]["name"] == "my-project"
    assert content["project"]["dependencies"] == [f"clickstream-devkit=={version('clickstream-devkit')}"]


def test_its_pipeline_is_sound_and_is_the_one_that_commands_run(tmp_path: Path) -> None:
    called(tmp_path, "init", "my-project")
    project = tmp_path / "my-project"
    pipeline = load_definition(f"{project}/pipeline.py:pipeline", project)
    assert pipeline.name == "my_project"
    assert [table.name for table in pipeline.tables] == ["received", "rejected", "amounts"]
    refuse_unsound_polars_halves(pipeline)
    compile((project / "tests/test_amounts.py").read_text(), "test_amounts.py", "exec")
    assert "AMOUNTS_WINDOW" in called(project, "config").stdout
    assert '"origin":' in called(project, "produce", "--stdout", "--count", "1").stdout


def test_a_folder_with_hidden_files_only_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine" / ".git").mkdir(parents=True)
    assert called(tmp_path, "init", "mine").returncode == 0
    assert files_in(tmp_path / "mine") == set(FILES)


@pytest.mark.parametrize("file", ["notes.txt", ".env", ".github/workflows/tests.yml"])
def test_a_folder_with_a_file_is_refused_and_stays_as_it_is(tmp_path: Path, file: str) -> None:
    path = tmp_path / "mine" / file
    path.parent.mkdir(parents=True)
    path.write_text("MINE=1\n")
    refused = called(tmp_path, "init", "mine")
    assert refused.returncode == 2
    assert f"error: The folder mine is not empty: it has {file}." in refused.stderr
    assert files_in(tmp_path / "mine") == {file}
    assert path.read_text() == "MINE=1\n"


def test_a_file_of_this_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    assert "error: mine is a file." in called(tmp_path, "init", "mine").stderr


@pytest.mark.parametrize("name", ["1st", "a/b", "..", "my project", "end-", "ä"])
def test_a_name_that_no_project_can_have_is_refused(tmp_path: Path, name: str) -> None:
    refused = called(tmp_path, "init", name)
    assert refused.returncode == 2
    assert f"error: The project cannot have the name {name!r}." in refused.stderr
    assert not list(tmp_path.iterdir())
