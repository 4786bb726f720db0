"""Folders whose names Java, Spark and Hadoop cannot use are refused by name; all others work."""

from pathlib import Path

import pytest

from clickstream.errors import MachineNotReady
from clickstream.runtime.machine.path_names import folders_of_this_machine, usable_names

ODD = "/a b/[c]/*?{d}/#e%20/f'g\"h/zażółć/~&=;$!"


def test_blanks_brackets_patterns_quotes_and_letters_of_any_language_are_fine() -> None:
    odd = {"OUTPUT_PATH": Path(ODD + ","), "CACHE_PATH": Path(ODD), "TMPDIR": Path(ODD)}
    assert usable_names(odd | folders_of_this_machine())


@pytest.mark.parametrize(
    ("name", "folder", "why"),
    [
        ("OUTPUT_PATH", "/a:b/output", "a colon"),
        ("TMPDIR", "/a,b", "a comma"),
        ("STATE_PATH", "/a\nb", "control characters"),
        ("STATE_PATH", "/a\udcffb", "not UTF-8"),
    ],
)
def test_a_name_that_cannot_work_is_refused_with_its_setting_and_a_way_out(
    name: str, folder: str, why: str
) -> None:
    with pytest.raises(MachineNotReady, match=why) as refused:
        usable_names({name: Path(folder)})
    assert refused.value.sentence.startswith(f"{name}: the path /a")
    assert refused.value.sentence.isprintable()
    assert f"export {name}=" in refused.value.next_step


def test_a_project_in_such_a_folder_is_to_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a:b").mkdir()
    monkeypatch.chdir(tmp_path / "a:b")
    with pytest.raises(MachineNotReady, match=r"The project: the path .*/a:b has a colon") as refused:
        usable_names(folders_of_this_machine())
    assert refused.value.next_step == "Move it to a folder with another name."
