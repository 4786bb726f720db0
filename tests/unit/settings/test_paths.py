"""A path setting names a path on this machine; a URL is refused when settings are read."""

from pathlib import Path

import pytest

from clickstream.cli.parameters import path_parser
from clickstream.errors import SettingInvalid
from clickstream.settings import SETTINGS, load
from clickstream.settings.paths import local_path

URLS = [
    "s3a://bucket/run",
    "s3://bucket",
    "S3A://bucket/run",
    "hdfs://host:9000/run",
    "hdfs:/run",
    "abfss://container@account.dfs.core.windows.net/run",
    "file:///srv/run",
    "file:/srv/run",
    "file:run",
    "http://host/run",
    "c:/run",
    " s3a://bucket/run",
    "'s3a://bucket/run'",
    '"file:///srv/run"',
]
NAMES = [
    "OUTPUT_PATH",
    "CHECKPOINT_PATH",
    "STATE_PATH",
    "CACHE_PATH",
    "SPARK_PROPERTIES_FILE",
    "KAFKA_SSL_CA_LOCATION",
]


def refused(name: str, value: object, folder: Path) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        load({name: value}, dotenv=folder / "none")
    return caught.value


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_refused_and_nothing_is_created(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = refused("OUTPUT_PATH", url, tmp_path)
    assert error.sentence.startswith(f"OUTPUT_PATH={url} (from flag) cannot be used: it is a URL")
    assert error.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_setting_refuses_one(name: str, tmp_path: Path) -> None:
    assert name in refused(name, "s3a://bucket/run", tmp_path).next_step
    # What a caller has made a Path of has lost a slash.
    assert "it is a URL" in refused(name, Path("s3a://bucket/run"), tmp_path).sentence


def test_every_setting_that_is_written_to_is_a_local_path() -> None:
    paths = {name for name, each in SETTINGS.items() if "Path" in str(each.info.annotation)}
    assert paths == {*NAMES, "JAVA_HOME"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("$HOME/run", "the variable in it was not expanded"),
        ("${DATA}/run", "the variable in it was not expanded"),
        ("%APPDATA%/run", "the variable in it was not expanded"),
        ("   ", "it is blank"),
        ("data\nmine", "control characters"),
        ("data/" + "ü" * 128, "a name in it is longer than 255 bytes"),
        ("x/" * 2_000, "it is longer than 3,000 bytes"),
    ],
)
def test_what_would_become_a_folder_of_a_strange_name_is_refused(
    value: str, why: str, tmp_path: Path
) -> None:
    assert why in refused("CHECKPOINT_PATH", value, tmp_path).sentence


@pytest.mark.parametrize("name", ["a:b/c", "data/s3a", "ü/#1", "/srv/a b", "50%/$", "run [1]", "x=y"])
def test_other_names_are_taken_as_they_are(name: str) -> None:
    assert local_path(name) == Path(name)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/ann")
    assert local_path("~/run") == Path("/srv/ann/run")


def test_a_folder_flag_is_read_by_the_same_rule() -> None:
    assert path_parser("--folder")("data/mine") == Path("data/mine")
    with pytest.raises(SettingInvalid, match=r"--folder=s3a://bucket \(from flag\) cannot be used"):
        path_parser("--folder")("s3a://bucket")
