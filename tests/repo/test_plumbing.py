"""The scripts, the tools and tox are what the documents say they are."""

import configparser
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from repo.project import ROOT

SCRIPTS = ("prepare", "demo", "test", "up", "down")

TOX = configparser.ConfigParser(interpolation=None)
TOX.read(ROOT / "tox.ini")

THOROUGH = "{,-thorough}"
"""What the name of an environment ends with that runs either list."""

TOX_SECTIONS = {name.partition(":")[2] for name in TOX.sections() if name.startswith("testenv:")}
TOX_ENVIRONMENTS = {name.removesuffix(THOROUGH) for name in TOX_SECTIONS}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_executable_stops_at_the_first_error_and_is_plain_sh(name: str) -> None:
    script = ROOT / "scripts" / name
    lines = script.read_text().splitlines()
    assert os.access(script, os.X_OK)
    assert lines[0] == "#!/bin/sh"
    assert "set -eu" in lines
    subprocess.run(["sh", "-n", script], check=True)  # noqa: S607 (the sh of the machine is what runs it)


def test_continuous_integration_calls_the_readmes_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    calls = [line for line in lines if line and not line.startswith(("#", "set ", "unset ", "cd "))]
    assert calls == ['exec ./scripts/test "$@"']
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("ci", ["./scripts/test", "./scripts/test -e compose"]),
        ("nightly", ["./scripts/test run -m thorough"]),
    ],
)
def test_a_public_workflow_calls_commands_of_the_menu_by_actions_pinned_to_a_commit(
    name: str, commands: list[str]
) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == commands
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)
    assert workflow["permissions"] == {"contents": "read"}


def test_every_tool_is_pinned_to_a_version_and_to_hashes() -> None:
    lines = [line for line in (ROOT / "scripts/tools.txt").read_text().splitlines() if line[:1] != "#"]
    requirements = re.split(r"\n(?=\S)", "\n".join(lines))
    for requirement in requirements:
        first, *hashes = requirement.split(" \\\n")
        assert re.match(r"[\w.-]+==[\w.]+( ; .+)?$", first)
        assert hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes)
    asked_for = re.findall(r"^([a-z][\w-]*)", (ROOT / "scripts/tools.in").read_text(), re.MULTILINE)
    assert set(asked_for) <= {requirement.partition("==")[0] for requirement in requirements}


def test_every_locked_package_is_pinned_to_hashes() -> None:
    packages = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    assert packages
    for package in packages:
        assert package["files"], package["name"]
        assert all(file["hash"].startswith("sha256:") for file in package["files"])
        assert "source" not in package


def test_only_pyspark_comes_as_source() -> None:
    # scripts/prepare builds no other package, so another one without a wheel could not be installed.
    packages = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    without_wheel = {
        package["name"]
        for package in packages
        if not any(file["file"].endswith(".whl") for file in package["files"])
    }
    assert without_wheel == {"pyspark"}


@pytest.mark.parametrize("name", sorted(TOX_SECTIONS))
def test_every_tox_environment_says_what_it_is_for(name: str) -> None:
    assert TOX[f"testenv:{name}"]["description"]


def test_tox_has_the_menu_that_the_documents_promise() -> None:
    default = TOX["tox"]["env_list"].split(", ")
    assert default == ["unit", "spark", "broker", "e2e", "faults", "lint", "type", "layers", "docs"]
    assert (
        set(default) | {"bench", "soak", "audit", "compose", "differential", "faults-long"}
        == TOX_ENVIRONMENTS
    )
    tests = ["unit", "spark", "broker", "e2e", "faults"]
    assert {name for name in TOX_SECTIONS if name.endswith(THOROUGH)} == {name + THOROUGH for name in tests}
    assert TOX["tox"]["labels"].strip().splitlines() == [
        "integration = spark, broker, e2e, faults",
        "thorough = " + ", ".join(f"{name}-thorough" for name in tests),
    ]


def test_the_thorough_list_runs_every_night() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text())
    assert workflow[True]["schedule"]  # PyYAML reads the key `on` as true


def test_every_promise_has_its_tests_and_every_thorough_test_is_in_the_table() -> None:
    table = re.findall(r"^\| .* \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    named = {path for row in table for path in re.findall(r"\]\((tests/[\w/.]+)\)", row)}
    assert all((ROOT / path).exists() for path in named)
    marked = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if "mark.thorough" in path.read_text() and path != Path(__file__)
    }
    assert marked <= named


def test_the_pre_commit_hooks_are_local_and_are_tox_environments() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    entries = re.findall(r"entry: (.+)", text)
    assert entries
    for entry in entries:
        assert re.fullmatch(r"\./scripts/test -qe (\w+)", entry)
        assert entry.rpartition(" ")[2] in TOX_ENVIRONMENTS
