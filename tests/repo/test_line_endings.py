"""Every text of a clone ends its lines with a line feed, whatever Git is told on a person's machine."""

import subprocess

import pytest

from repo.project import ROOT, tracked_files

FILES = tracked_files()


def attributes(*names: str) -> dict[tuple[str, str], str]:
    """What Git's attributes say of each tracked file, by path and name."""
    asked = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", *names],  # noqa: S607
        cwd=ROOT,
        input="\0".join(str(file) for file in FILES),
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        pytest.skip("this is no clone")
    words = asked.stdout.rstrip("\0").split("\0")
    return {(path, name): value for path, name, value in zip(*[iter(words)] * 3, strict=True)}


def test_git_writes_every_tracked_text_with_line_feeds_alone() -> None:
    said = attributes("text", "eol")
    for file in FILES:
        if b"\0" in (ROOT / file).read_bytes():
            continue
        assert said[str(file), "eol"] == "lf", file
        assert said[str(file), "text"] in ("auto", "set"), file


def test_no_tracked_text_holds_a_carriage_return_at_the_end_of_a_line() -> None:
    contents = {file: (ROOT / file).read_bytes() for file in FILES}
    assert [file for file, content in contents.items() if b"\0" not in content and b"\r\n" in content] == []
