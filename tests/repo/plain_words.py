"""Words to avoid, with what to write instead, and where the texts of the kit are."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

INSTEAD = {
    r"anew": "again, start over, rewrite",
    r"mend(?:s|ed|ing)?": "fix",
    r"(?:lies|stands|stood)": "is, is in",
    r"(?<!there )(?:is|are|was|were) no (?!longer\b|more\b)\w+": "is not a …",
    r"go(?:es)? by": "uses, reads only",
    r"for the while": "temporarily",
    r"meanwhile": "during the run, during this time",
    r"giv(?:es?|ing|en) way": "falls back to",
    r"pass(?:es|ed|ing)? over": "ignores, skips",
    r"told": "asked, reported, printed",
    r"(?:it|which|that) is said": "prints, reports",
    r"sa(?:id|ys?) so": "prints, reports",
    r"inflict\w*": "inject",
    r"the most that": "maximum",
    r"(?:is|are|be|been|was|not) let in": "authenticated, login refused",
    r"(?:some|no|any|every)body(?:'s)?": "the user, another producer, all",
    r"proved?|proves|unproven": "verified",
    r"rooms?|the street": "modules, layers",
    r"whoever|who outgrows": "If you …",
    r"behold|whence|thereof|hence": "so, from",
    r"ow(?:e|es|ed|ing)": "needs",
    r"shall": "must",
    r"(?:held|holds?) (?:\w+ ){0,3}(?:to|against) (?:the|its|a|those|it|one)": "compares … with",
    r"(?:go|goes|going|went|gone) on": "continues",
    r"fell over": "failed",
    r"twice over": "twice",
}
"""Patterns of words to avoid, each with what to write."""

INVERSION = re.compile(r"(?:^|[.:]\s+)((?:Where|Who|Whose|What is not) [^.:;?`]*,)")
"""A sentence that begins with a clause where `if` or `you` is shorter."""

_WORDS = [
    (re.compile(rf"(?<![\w`/-]){words}(?![\w`/-])", re.IGNORECASE), instead)
    for words, instead in INSTEAD.items()
]
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`|<!--.*?-->|\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people: where it begins, and its words."""

    file: Path
    line: int
    words: str

    def findings(self) -> Iterator[tuple[int, str, str]]:
        """Line, words found and what to write, for all words to avoid."""
        for pattern, instead in _WORDS:
            for found in pattern.finditer(self.words):
                yield self.line + self.words[: found.start()].count("\n"), found[0], instead
        for found in INVERSION.finditer(self.words):
            yield (
                self.line + self.words[: found.start(1)].count("\n"),
                found[1],
                "If …, or begin with the subject",
            )


def markdown_text(file: Path) -> Text:
    """A page without its code, with every line in its place."""
    without_blocks = _FENCE.sub(_blank, file.read_text(encoding="utf-8"))
    return Text(file, 1, _CODE.sub(_blank, without_blocks))


def python_texts(file: Path) -> Iterator[Text]:
    """Every docstring, string and comment of a module."""
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    parts = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            words = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
            yield Text(file, node.lineno, words)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield Text(file, node.lineno, node.value)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from _comments(
        file, ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)
    )


def commented_texts(file: Path) -> Iterator[Text]:
    """Every comment of a script, a compose file or an example of settings."""
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    yield from _comments(
        file, ((number, line.strip()) for number, line in lines if line.strip().startswith("#"))
    )


def sentence_lengths(page: Text) -> list[int]:
    """How many words the sentences of a page have; tables and headings do not count."""
    lines = [line for line in page.words.splitlines() if not line.lstrip().startswith(("|", "#"))]
    paragraphs = re.split(r"\n\s*\n|\n\s*(?:[-*]|\d+\.) ", "\n".join(lines))
    sentences = [each for text in paragraphs for each in re.split(r"(?<=[.:;?!])\s+", text.strip())]
    return [length for each in sentences if (length := len(re.findall(r"\w[\w'-]*", each))) > 1]


def _comments(file: Path, comments: Iterator[tuple[int, str]]) -> Iterator[Text]:
    """Comments on adjacent lines, as one text."""
    for _, group in groupby(enumerate(comments), lambda each: each[1][0] - each[0]):
        block = [comment for _, comment in group]
        yield Text(file, block[0][0], "\n".join(words.lstrip("#! ") for _, words in block))


def _blank(found: re.Match[str]) -> str:
    return "x" + "\n" * found[0].count("\n")
