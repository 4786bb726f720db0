"""The id that messages suggest for a new run is free, and can be used."""

import re
from pathlib import Path

import pytest

from clickstream.contract.run.layout import Layout, free_run_id, ways_out
from clickstream.settings import load


def layout_of(folder: Path, run_id: str) -> Layout:
    return Layout(folder / "output" / run_id, folder / "checkpoints" / run_id)


@pytest.mark.parametrize(
    ("run_id", "there", "free"),
    [
        ("default", [], "default-replay"),
        ("default", ["output/default-replay"], "default-replay-2"),
        ("default", ["output/default-replay", "checkpoints/default-replay-2"], "default-replay-3"),
        ("default-replay", ["output/default-replay"], "default-replay-2"),
        ("default-replay-2", ["output/default-replay-2"], "default-replay"),
        ("x" * 64, [], "x" * 48 + "-replay"),
    ],
)
def test_a_free_run_id_is_not_in_use(tmp_path: Path, run_id: str, there: list[str], free: str) -> None:
    for folder in there:
        (tmp_path / folder).mkdir(parents=True)
    assert free_run_id(layout_of(tmp_path, run_id)) == free
    assert load({"RUN_ID": free}, dotenv=Path("none"))[0].paths.run_id == free


def test_the_ways_out_are_commands(tmp_path: Path) -> None:
    commands = re.findall("`(.+?)`", ways_out(layout_of(tmp_path, "default")))
    assert commands == [
        "clickstream replay --run-id default-replay",
        "clickstream down && clickstream reset",
    ]
