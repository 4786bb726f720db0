"""A command finds its project upwards, as git does, and goes no further than is safe."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.settings import load, path_of_flag
from clickstream.settings.project import called_from, project_folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `a/b` below it, and `a/b` as the current one."""
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    for name in ("OUTPUT_PATH", "STATE_PATH"):
        monkeypatch.delenv(name, raising=False)
    below = tmp_path / "project/a/b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return tmp_path / "project"


OURS = '[project]\nname = "clickstream-devkit"\n'
MARKS = {
    "state": lambda folder: (folder / ".clickstream").mkdir(),
    "settings": lambda folder: (folder / ".env").write_text("# ours\nexport PAGE_WINDOW=5m\n"),
    "the kit": lambda folder: (folder / "pyproject.toml").write_text(
        '[project]\nname = "clickstream-devkit"\n'
    ),
}


@pytest.mark.parametrize("mark", MARKS)
def test_a_folder_above_is_the_project_by_each_of_its_marks(project: Path, mark: str) -> None:
    assert project_folder() == project / "a/b"
    MARKS[mark](project)
    assert project_folder() == project


def test_the_nearest_one_counts(project: Path) -> None:
    for folder in (project, project / "a"):
        (folder / ".clickstream").mkdir()
    assert project_folder() == project / "a"
    (project / "a/b/.clickstream").mkdir()
    assert project_folder() == project / "a/b"


@pytest.mark.parametrize("content", ["DATABASE_URL=x\n", "JAVA_HOME=/java\n", "# PAGE_WINDOW=5m\n", "\0\xff"])
def test_settings_of_other_programs_mark_nothing(project: Path, content: str) -> None:
    (project / ".env").write_text(content)
    (project / "pyproject.toml").write_text('[project]\nname = "another"\n')
    assert project_folder() == project / "a/b"


def test_the_home_folder_and_all_above_it_are_no_project_of_a_folder_below(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".clickstream").mkdir()
    monkeypatch.setenv("HOME", str(project))
    assert project_folder() == project / "a/b"
    assert project_folder(project) == project
    monkeypatch.setenv("HOME", str(project / "a"))
    assert project_folder() == project / "a/b"
    assert project_folder(project / "a") == project / "a"


def test_a_folder_that_everyone_may_write_to_is_no_project_of_a_folder_below(project: Path) -> None:
    (project / ".clickstream").mkdir()
    project.chmod(0o777)
    assert project_folder() == project / "a/b"
    assert project_folder(project) == project


def test_settings_and_relative_paths_are_those_of_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text("OUTPUT_PATH=mine\n")
    monkeypatch.setenv("CHECKPOINT_PATH", "/checkpoints")
    paths = load()[0].paths
    assert paths.output == project / "mine"
    assert paths.state == project / ".clickstream"
    assert paths.checkpoint == Path("/checkpoints")
    assert path_of_flag("--folder", "demo") == Path("demo")  # what a command is given begins here

    monkeypatch.chdir(project)
    assert load()[0].paths.output == Path("mine")


def test_the_folder_that_a_script_was_called_from_is_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called_from() == project / "a/b"
    monkeypatch.setenv("CLICKSTREAM_CALLED_FROM", str(project))
    assert called_from() == project
    monkeypatch.setenv("CLICKSTREAM_CALLED_FROM", str(project / "gone"))
    assert called_from() == project / "a/b"


def test_a_command_in_a_subfolder_names_the_project_and_leaves_stdout_alone(project: Path) -> None:
    (project / ".clickstream").mkdir()

    def config(folder: Path) -> tuple[str, str]:
        command = [sys.executable, "-m", "clickstream", "config", "--json"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return json.loads(ended.stdout)["STATE_PATH"]["value"], ended.stderr

    assert config(project / "a/b") == (f"{project}/.clickstream", f"project folder: {project}\n")
    assert config(project) == (".clickstream", "")
