"""Passwords are masked wherever a text is shown."""

import pytest

from clickstream.errors import SettingInvalid
from clickstream.masking import masked
from clickstream.settings import load, shown

OPTIONS = "-Djavax.net.ssl.keyStorePassword=hunter2 -Xss4m -Da.token='hunter 2'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OPTIONS, "-Djavax.net.ssl.keyStorePassword=*** -Xss4m -Da.token=***"),
        ("http://me:hunter2@proxy:3128/x", "http://***@proxy:3128/x"),
        ("spark://one:7077,two:7077", "spark://one:7077,two:7077"),
        ("127.0.0.1:9092", "127.0.0.1:9092"),
        ("", ""),
    ],
)
def test_only_passwords_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_settings_are_shown_without_the_passwords_in_them() -> None:
    _, effective = load({"SPARK_DRIVER_JAVA_OPTIONS": OPTIONS})
    assert not [each for each in effective if "hunter" in each.value]
    assert "hunter" not in shown(OPTIONS)
    assert "hunter" not in str(SettingInvalid("SPARK_DRIVER_JAVA_OPTIONS", OPTIONS, "options"))
