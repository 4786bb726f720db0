"""Texts that users read have no words from the list of words to avoid, and short sentences."""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from repo.plain_words import Text, commented_texts, markdown_text, python_texts, sentence_lengths
from repo.project import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = sorted((ROOT / "src").rglob("*.py"))
COMMENTED = sorted(
    file
    for pattern in ("*.yml", ".env*.example", "Dockerfile", "tox.ini", "scripts/*", "src/**/*.yml")
    for file in ROOT.glob(pattern)
    if file.is_file()
)
LONGEST_MEAN = 20

ALLOWED: dict[str, frozenset[str]] = {}
"""By file: words that are right there, such as those of another program's output."""


def texts_of(file: Path) -> Iterator[Text]:
    if file.suffix == ".md":
        yield markdown_text(file)
    elif file.suffix == ".py":
        yield from python_texts(file)
    else:
        yield from commented_texts(file)


@pytest.mark.parametrize("file", [*PAGES, *SOURCES, *COMMENTED], ids=lambda file: str(file.relative_to(ROOT)))
def test_no_text_has_words_to_avoid(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    findings = [
        f"{name}:{line}: {words!r}: write {instead}"
        for text in texts_of(file)
        for line, words, instead in text.findings()
        if words.lower() not in ALLOWED.get(name, ())
    ]
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_sentences_of_a_page_are_short(file: Path) -> None:
    lengths = sentence_lengths(markdown_text(file))
    assert mean(lengths) <= LONGEST_MEAN, f"{mean(lengths):.1f} words on average; divide the long sentences"


def test_words_to_avoid_are_found_with_their_line(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""Fine."""\n\nTEXT = f"{1} is mended"\n# Fine.\n# Where it is, it lies.\n')
    found = {(line, words) for text in python_texts(module) for line, words, _ in text.findings()}
    assert found == {(3, "mended"), (5, "Where it is,"), (5, "lies")}
    page = tmp_path / "page.md"
    page.write_text("```\nanew\n```\n\n`anew` begins anew.\n")
    assert [line for line, _, _ in markdown_text(page).findings()] == [5]
