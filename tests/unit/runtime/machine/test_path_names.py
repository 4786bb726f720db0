"""Folders whose names Java, Spark and Hadoop cannot use are refused by name; all others work."""

from pathlib import Path

import pytest

from clickstream.contract.diagnosis import Health
from clickstream.runtime.machine.path_names import KIT, NamedFolder, diagnose_names, folders_of_this_machine

ODD = "/a b/[c]/*?{d}/#e%20/f'g\"h/zażółć/~&=;$"


def problems(*folders: NamedFolder) -> list[str]:
    return [each.sentence for each in diagnose_names(folders) if each.health is Health.PROBLEM]


def test_blanks_brackets_patterns_quotes_and_letters_of_any_language_are_fine() -> None:
    assert (
        problems(
            NamedFolder("OUTPUT_PATH", Path(ODD + ",")),
            NamedFolder("CACHE_PATH", Path(ODD), on_class_path=True),
            NamedFolder("TMPDIR", Path(ODD), in_a_list=True),
            *folders_of_this_machine(),
        )
        == []
    )


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        (NamedFolder("OUTPUT_PATH", Path("/a:b/output")), "a colon"),
        (NamedFolder("CACHE_PATH", Path("/cache!/x"), on_class_path=True), "an exclamation mark"),
        (NamedFolder("TMPDIR", Path("/a,b"), in_a_list=True), "a comma"),
        (NamedFolder("STATE_PATH", Path("/a\nb")), "control characters"),
        (NamedFolder("STATE_PATH", Path("/a\udcffb")), "not UTF-8"),
    ],
)
def test_a_name_that_cannot_work_is_told_with_its_setting_and_a_way_out(
    folder: NamedFolder, why: str
) -> None:
    (found,) = diagnose_names([folder])
    assert found.health is Health.PROBLEM
    assert found.sentence.startswith(f"{folder.name} is the folder ")
    assert why in found.sentence
    assert found.sentence.isprintable()
    assert f"export {folder.name}=" in found.fix


def test_the_installed_kit_has_no_setting_and_is_to_be_moved() -> None:
    (found,) = diagnose_names([NamedFolder(KIT, Path("/opt/a:b/.venv"), on_class_path=True)])
    assert found.sentence == (
        "The folder of the installed kit is /opt/a:b/.venv: the path has a colon, which Hadoop and Java's"
        " class path do not allow."
    )
    assert found.fix == "Install the kit again in a folder with another name."


def test_a_project_in_such_a_folder_is_to_be_moved_before_any_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a:b").mkdir()
    monkeypatch.chdir(tmp_path / "a:b")
    first = next(diagnose_names(folders_of_this_machine()))
    assert first.sentence.startswith(f"The folder of the project is {tmp_path / 'a:b'}: ")
    assert first.fix == "Move the project to a folder with another name."
