"""A setting comes from flag, environment, `.env` or default, in this order, or is refused in words."""

from pathlib import Path

import pytest

from clickstream.errors import SettingInvalid, UsageError
from clickstream.settings import GROUPS, SETTINGS, load


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def value_and_source(name: str, **given: object) -> tuple[str, str]:
    effective = load(**given)[1]  # type: ignore[arg-type]
    return next((setting.value, setting.source) for setting in effective if setting.name == name)


def test_a_flag_wins_over_environment_over_dotenv_over_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv = tmp_path / ".env"
    assert value_and_source("KAFKA_TOPIC", dotenv=dotenv) == ("events", "default")
    dotenv.write_text("KAFKA_TOPIC=from-file\n")
    assert value_and_source("KAFKA_TOPIC", dotenv=dotenv) == ("from-file", ".env")
    monkeypatch.setenv("KAFKA_TOPIC", "from-environment")
    assert value_and_source("KAFKA_TOPIC", dotenv=dotenv) == ("from-environment", "environment")
    assert value_and_source("KAFKA_TOPIC", dotenv=dotenv, flags={"KAFKA_TOPIC": "from-flag"}) == (
        "from-flag",
        "flag",
    )


def test_a_flag_that_was_not_given_changes_nothing(tmp_path: Path) -> None:
    assert value_and_source("SEED", dotenv=tmp_path / ".env", flags={"SEED": None}) == ("42", "default")


def test_a_commands_own_default_gives_way_to_everything_a_person_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv = tmp_path / ".env"
    assert value_and_source("SEED", dotenv=dotenv, defaults={"SEED": 7})[0] == "7"
    monkeypatch.setenv("SEED", "8")
    assert value_and_source("SEED", dotenv=dotenv, defaults={"SEED": 7})[0] == "8"


@pytest.mark.parametrize(
    ("name", "value", "would_be_right"),
    [
        ("PAGE_WINDOW", "banana", "'1 minute'"),
        ("SESSION_WINDOW", "0 seconds", "a duration"),
        ("GEO_WINDOW", "1 month", "a duration"),
        ("MSG_ACKS", "2", "one of 0, 1, all"),
        ("MSG_COMPRESSION", "brotli", "one of none, gzip, lz4, snappy, zstd"),
        ("MSG_DELIVERY_TIMEOUT", "10 milliseconds", "a duration from '1 second' to '1 day'"),
        ("MSGS_PER_SEC", "-5", "above 0"),
        ("MSGS_PER_SEC", "nan", "a number"),
        ("LATE_RATE", "1.5", "of at most 1"),
        ("KAFKA_PARTITIONS", "three", "a whole number"),
        ("KAFKA_TOPIC", "no spaces", "'events'"),
        ("EMBEDDED_KAFKA_PORT", "70000", "of at most 65535"),
        ("FAIL_ON_DATA_LOSS", "perhaps", "true or false"),
        ("SPARK_MASTER_URL", "mesos://host:5050", "'local[*]' or 'spark://host:7077'"),
    ],
)
def test_a_bad_value_is_refused_with_name_value_and_what_would_be_right(
    name: str, value: str, would_be_right: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid) as refused:
        load(dotenv=tmp_path / ".env")
    assert f"{name}={value}" in refused.value.sentence
    assert "environment" in refused.value.sentence
    assert would_be_right in refused.value.next_step
    assert refused.value.exit_code == 2


def test_a_misspelt_key_in_dotenv_is_named_with_the_nearest_setting(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("WATERMARK_DELY=10 seconds\n")
    with pytest.raises(UsageError, match=r"line 1.* sets WATERMARK_DELY, .* nearest one is WATERMARK_DELAY"):
        load(dotenv=dotenv)


def test_a_key_in_dotenv_that_resembles_no_setting_is_somebody_elses(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("COMPOSE_PROJECT_NAME=mine\nEDITOR=vi\n")
    load(dotenv=dotenv)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("SEED=7\nKAFKA_SASL_PASSWORD='hunter2\n", "from line 2 on"),
        ("SEED=7\n\n\nKAFKA_SASL_PASSWORD hunter2\n", "from line 4 on"),
        ("KAFKA_SASL_PASSWORD: hunter2\n", "from line 1 on"),
        ("# hunter2\n\nSEED=7\nhunter2\n", "Line 4 of .* has no ="),
        ("export hunter2\n", "Line 1 of .* has no ="),
        ("hunter2", "Line 1 of .* has no ="),
    ],
)
def test_a_line_of_dotenv_that_sets_nothing_is_named_and_not_shown(
    content: str, line: str, tmp_path: Path
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(content)
    with pytest.raises(UsageError, match=line) as refused:
        load(dotenv=dotenv)
    assert "hunter2" not in f"{refused.value} {refused.value.next_step}"


def test_a_dotenv_of_windows_is_read(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"\xef\xbb\xbfSEED=7\r\n\r\nPAGE_WINDOW=5m\r\nUNIFORM=\r\n")
    assert value_and_source("SEED", dotenv=dotenv) == ("7", ".env")
    assert value_and_source("PAGE_WINDOW", dotenv=dotenv) == ("5 minutes", ".env")


def test_a_dotenv_that_is_no_text_is_refused(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"SEED=\xff\xfe\n")
    with pytest.raises(UsageError, match="UTF-8"):
        load(dotenv=dotenv)


def test_an_empty_value_counts_as_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE_WINDOW", "")
    assert value_and_source("PAGE_WINDOW", dotenv=tmp_path / ".env") == ("1 minute", "default")


def test_every_setting_has_a_meaning_and_a_name_of_its_own() -> None:
    assert all(each.info.description for each in SETTINGS.values())
    assert len(SETTINGS) == sum(len(group.model_fields) for group in GROUPS.values())
