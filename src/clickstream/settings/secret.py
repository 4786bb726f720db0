"""Which settings are secrets, and an environment without them for processes that need none."""

import os

from pydantic import SecretStr

from clickstream.settings.groups import GROUPS

SECRETS = frozenset(
    str(info.alias)
    for group in GROUPS.values()
    for info in group.model_fields.values()
    if info.annotation is SecretStr
)
"""The settings whose values are never shown, by their names in the environment."""


def environment_without_secrets() -> dict[str, str]:
    """This process's environment, for a child that has no use for our secrets.

    A process's environment is for its owner's eyes alone, but crash reports and debug pages show it.
    """
    return {name: value for name, value in os.environ.items() if name not in SECRETS}
