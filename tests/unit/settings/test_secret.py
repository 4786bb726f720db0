"""Which settings are secrets."""

from clickstream.settings import SECRETS


def test_the_password_is_a_secret_and_the_user_name_is_none():
    assert "KAFKA_SASL_PASSWORD" in SECRETS
    assert "KAFKA_SASL_USERNAME" not in SECRETS
