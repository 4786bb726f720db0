"""What the broker's settings ask of one another, and that the password is never shown."""

import pytest

from clickstream.errors import SettingInvalid
from clickstream.report.effective_settings import as_json, as_markdown
from clickstream.settings import SECRETS, SETTINGS, load

LOGIN = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_USERNAME": "ann",
    "KAFKA_SASL_PASSWORD": "p4ss-never-shown",
}


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def refused(tmp_path, **given: str) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        load(given, dotenv=tmp_path / ".env")
    return caught.value


@pytest.mark.parametrize("missing", ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"])
@pytest.mark.parametrize("protocol", ["SASL_SSL", "SASL_PLAINTEXT"])
def test_a_login_without_name_or_password_is_refused_by_the_setting_that_is_missing(
    tmp_path, missing, protocol
):
    given = {**LOGIN, "KAFKA_SECURITY_PROTOCOL": protocol}
    error = refused(tmp_path, **{name: value for name, value in given.items() if name != missing})
    assert error.name == missing
    assert f"KAFKA_SECURITY_PROTOCOL is {protocol}" in error.next_step


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_that_is_missing_or_holds_none_is_refused(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    error = refused(tmp_path, KAFKA_SSL_CA_LOCATION=str(file))
    assert error.sentence == f"KAFKA_SSL_CA_LOCATION={file} (from flag) cannot be used."
    assert "PEM file" in error.next_step


def test_an_external_broker_without_an_address_is_refused(tmp_path):
    error = refused(tmp_path, BROKER_BACKEND="external")
    assert error.name == "KAFKA_BOOTSTRAP_SERVERS"
    assert "BROKER_BACKEND is external" in error.next_step


def test_the_password_is_shown_as_asterisks_wherever_settings_are(tmp_path):
    (tmp_path / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in LOGIN.items()))
    settings, effective = load(dotenv=tmp_path / ".env")
    assert settings.broker.sasl_password.get_secret_value() == LOGIN["KAFKA_SASL_PASSWORD"]
    shown = f"{settings!r} {effective!r} {as_json(effective)} {as_markdown(effective)}"
    assert LOGIN["KAFKA_SASL_PASSWORD"] not in shown
    assert '"KAFKA_SASL_PASSWORD": {\n    "value": "**********",\n    "from": ".env"' in as_json(effective)


def test_an_error_about_one_setting_holds_no_other_ones_password(tmp_path):
    error = refused(tmp_path, **{**LOGIN, "KAFKA_PARTITIONS": "banana"})
    assert error.name == "KAFKA_PARTITIONS"
    seen = error
    while seen is not None:
        assert LOGIN["KAFKA_SASL_PASSWORD"] not in f"{seen!r} {seen}"
        seen = seen.__cause__ or seen.__context__


def test_the_password_is_a_secret_and_the_user_name_is_none() -> None:
    assert "KAFKA_SASL_PASSWORD" in SECRETS
    assert "KAFKA_SASL_USERNAME" not in SECRETS
