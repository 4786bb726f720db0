"""`.env.example` has every setting. To write it again:

PYTHONPATH=tests .venv/bin/python tests/repo/test_env_example.py > .env.example
"""

import textwrap
from pathlib import Path

import dotenv
import pytest

from clickstream.settings import GROUPS, load
from repo.project import ROOT, default_of, settings

HEAD = """\
# Every setting of the kit, with its default. Copy this file to .env and uncomment the lines that you change.
# The commands read the .env of the project folder. Flags and the environment override it.
# To see all values and where they come from: clickstream config
"""

COMPOSE_ONLY: dict[str, tuple[str, str]] = {
    "MASTER_UI_PORT": ("8080", "Port of the Spark master's pages on 127.0.0.1."),
    "WORKER_UI_PORT": ("8081", "Port of the Spark worker's pages; a range such as 8091-8094 for several."),
    "CONSOLE_PORT": ("8090", "Port of Redpanda Console on 127.0.0.1."),
    "JOB_MEMORY_LIMIT": ("2g", "Memory limit of the job's container; must be above SPARK_DRIVER_MEMORY."),
    "WORKER_MEMORY_LIMIT": ("2g", "Memory limit of a worker's container; must be above SPARK_WORKER_MEMORY."),
}
"""Entries of `.env` that only Docker Compose reads."""


def rendered() -> str:
    """The file as the code writes it."""
    parts = [HEAD]
    for name, group in GROUPS.items():
        parts.append(f"# ── {name}: {group.__doc__} ──\n")
        parts += [
            _entry(str(info.alias), default_of(info), info.description or "")
            for info in group.model_fields.values()
        ]
    parts.append("# ── only for compose.redpanda.yml ──\n")
    parts += [_entry(name, value, meaning) for name, (value, meaning) in COMPOSE_ONLY.items()]
    return "\n".join(parts)


def _entry(name: str, default: str, meaning: str) -> str:
    comment = textwrap.fill(" ".join(meaning.split()), 108, initial_indent="# ", subsequent_indent="# ")
    value = f'"{default}"' if " " in default else default
    return f"{comment}\n#{name}={value}\n"


def test_it_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text() == rendered()


def test_uncommented_it_changes_nothing(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    settings_alone = tmp_path / ".env"
    settings_alone.write_text("\n".join(line.removeprefix("#") for line in lines if line[:2] != "# "))
    read = dotenv.dotenv_values(settings_alone)
    assert {name: read[name] for name in settings()} == {
        name: default_of(info) for name, info in settings().items()
    }
    assert set(read) - set(settings()) == set(COMPOSE_ONLY)


@pytest.mark.parametrize("name", COMPOSE_ONLY)
def test_what_only_compose_reads_is_not_taken_for_a_misspelt_setting(name: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{name}=1\n")
    load(dotenv=tmp_path / ".env")


if __name__ == "__main__":
    print(rendered(), end="")  # noqa: T201 (this is how the file is written)
