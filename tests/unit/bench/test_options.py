"""What `tox -e bench -- …` takes."""

from pathlib import Path

import pytest

import bench.measures
from bench.options import MEASURES, Sizes, parse


def test_without_a_name_every_measure_runs_with_its_own_sizes() -> None:
    assert parse([]) == (MEASURES, Sizes())


def test_measures_are_chosen_by_name_and_made_smaller_by_options() -> None:
    names, sizes = parse(["live", "short_run", "--rate-per-s", "200", "--events", "60000"])
    assert names == ("live", "short_run")
    assert sizes == Sizes(rate_per_s=200, events=60_000)


def test_an_unknown_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["lives"])
    assert "no measure lives" in capsys.readouterr().err


def test_every_measure_is_a_module() -> None:
    files = {path.stem for folder in bench.measures.__path__ for path in Path(folder).glob("*.py")}
    assert files == set(MEASURES)
