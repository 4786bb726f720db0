"""Which settings are secrets, and that children which need none are given none."""

from clickstream.settings import SECRETS, environment_without_secrets


def test_the_password_is_a_secret_and_the_user_name_is_none():
    assert "KAFKA_SASL_PASSWORD" in SECRETS
    assert "KAFKA_SASL_USERNAME" not in SECRETS


def test_an_environment_without_secrets_keeps_everything_else(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "never handed on")
    monkeypatch.setenv("KAFKA_TOPIC", "clicks")
    handed_on = environment_without_secrets()
    assert handed_on["KAFKA_TOPIC"] == "clicks"
    assert "never handed on" not in handed_on.values()
