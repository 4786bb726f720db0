"""The repository speaks of the product only: no registry's address, no path of one machine."""

import re

import pytest

from repo.project import ROOT, tracked_files

REGISTRIES = (
    "pypi.org",
    "pythonhosted.org",
    "repo1.maven.org",
    "repo.maven.apache.org",
    "registry.npmjs.org",
)
REGISTRY = re.compile("|".join(re.escape(name) for name in REGISTRIES) + r"|--(?:extra-)?index-url")
MACHINE = re.compile(r"(?<![\w.~$}])/(?:root|work|Users|home/\w+)/")
HERE = "tests/repo/test_tracked_files.py"


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registry", "machine"])
def test_no_tracked_file_names_a_registry_or_a_machine(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked_files():
        content = (ROOT / path).read_bytes()
        if path.as_posix() == HERE or b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("see https://pypi.org/simple", REGISTRY),
        ("cd /root/project", MACHINE),
        ("open /home/ann/x", MACHINE),
        ('root = "/work/project/src"', MACHINE),
    ],
)
def test_the_patterns_find_what_they_are_for(line: str, pattern: re.Pattern[str]) -> None:
    assert pattern.search(line)
