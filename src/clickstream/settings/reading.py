"""Reading the settings: flag over environment over `.env` over default, and where each came from."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from clickstream.contract.definition.loading import FLAGS
from clickstream.errors import SettingInvalid
from clickstream.masking import masked
from clickstream.settings.groups import GROUPS, SETTINGS, Settings
from clickstream.settings.kinds.group import REFUSED, SettingsGroup, expected_of
from clickstream.settings.project import in_project
from clickstream.settings.typing_errors import ENCODING, refuse_unreadable

FLAG, ENVIRONMENT, DOTENV, DEFAULT = "flag", "environment", ".env", "default"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One setting as it acts in this run, and where its value comes from."""

    name: str
    group: str
    value: str
    source: str
    meaning: str


def load(
    flags: Mapping[str, object] | None = None,
    *,
    defaults: Mapping[str, object] | None = None,
    dotenv: Path | None = None,
) -> tuple[Settings, list[EffectiveSetting]]:
    """Read all settings, and list each with its value and origin, in the order of the pipeline.

    All are by setting name: `flags` of the command line, where None counts as not given, and a command's own
    `defaults`. The file `dotenv` is by default `.env` of the project, and may be missing.

    Raises:
        SettingInvalid: a value cannot be used; named with value, origin and what would be right.
        UsageError: the file is not UTF-8 text, a line of it is not NAME=value, or a key resembles a setting.
    """
    given = {name: value for name, value in (FLAGS | dict(flags or {})).items() if value is not None}
    dotenv = in_project(Path(".env")) if dotenv is None else dotenv
    refuse_unreadable(dotenv)
    in_file = {name: value for name, value in dotenv_values(dotenv, encoding=ENCODING).items() if value}
    sources = {name: _source(name, given, in_file) for name in SETTINGS}
    fallback = {name: value for name, value in (defaults or {}).items() if sources[name] == DEFAULT}
    groups: dict[str, SettingsGroup] = {}
    for group_name, group_type in GROUPS.items():
        own = {
            name: value for name, value in (fallback | given).items() if SETTINGS[name].group == group_name
        }
        try:
            groups[group_name] = group_type(_env_file=dotenv, _env_file_encoding=ENCODING, **own)  # type: ignore[call-arg]
        except ValidationError as error:
            raise setting_invalid(error, group_type, sources) from None
    settings = Settings(**groups)  # type: ignore[arg-type]
    effective = [
        EffectiveSetting(
            name=name,
            group=each.group,
            value="" if (value := each.value_in(settings)) is None else masked(str(value)),
            source=sources[name],
            meaning=each.info.description or "",
        )
        for name, each in SETTINGS.items()
    ]
    return settings, effective


def _source(name: str, given: Mapping[str, object], in_file: Mapping[str, str | None]) -> str:
    if name in given:
        return FLAG
    if os.environ.get(name):
        return ENVIRONMENT
    return DOTENV if name in in_file else DEFAULT


def setting_invalid(
    error: ValidationError, group_type: type[SettingsGroup], sources: Mapping[str, str]
) -> SettingInvalid:
    """The first value that a group refused, in words; `sources` has where each came from, by setting name."""
    first = error.errors()[0]
    at = str(first["loc"][0])  # the field's name where a default was refused, else the setting's
    name = at if at in SETTINGS else str(group_type.model_fields[at].alias)
    info = SETTINGS[name].info
    value = first["input"]
    if info.annotation is SecretStr and not isinstance(value, SecretStr):
        value = SecretStr(str(value))  # shows itself as asterisks
    said = first["ctx"] if first["type"] == REFUSED else {"expected": "", "why": ""}
    expected = said["expected"] or expected_of(info)
    # What pydantic raised holds every value that was given, passwords included: it goes no further.
    return SettingInvalid(name, value, expected, source=sources.get(name, ""), why=said["why"])
