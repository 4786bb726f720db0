"""Which settings are secrets."""

from pydantic import SecretStr

from clickstream.settings.groups import GROUPS

SECRETS = frozenset(
    str(info.alias)
    for group in GROUPS.values()
    for info in group.model_fields.values()
    if info.annotation is SecretStr
)
"""The settings whose values are never shown, by their names in the environment."""
