"""SQL as text: its words with their places, where statements end, and which statements only read."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from clickstream.errors import UsageError

_TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<text>    '(?:[^']|'')*(?:'|\Z) | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z) )
    | (?P<quoted>  "(?:[^"]|"")*(?:"|\Z) | `[^`]*(?:`|\Z) )
    | (?P<word>    [^\W\d]\w* )
    | (?P<number>  \d[\w.]* )
    | (?P<sign>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUERIES = (["select"], ["with"], ["from"], ["values"])
_SHOW_TABLES = ["show", "tables"]
_OPERATORS = {"and", "or", "union", "intersect", "except", "+", "-", "*", "/", "%", "|"}
_MOST_OPERATORS = 100
"""Each one nests the plan; from 200 on, the stack of polars 2.1 may overflow, which ends the process."""
_READ_IN_ANOTHER_WAY = {"e", "n", "nq", "q", "r", "u"}
"""Prefixes of texts in which polars knows other escapes; it has no values of these kinds."""
_SHOWN = 70
"""Columns of a line that are shown around the place."""

_READS_FILES = re.compile(r"(?:read|scan)_\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a name in quotes, a text, a number or a sign, and where in the SQL it begins."""

    kind: str
    text: str
    place: int

    @property
    def name(self) -> str:
        """What it names, without quotes; empty for what names nothing."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        return self.text if self.kind == "word" else ""


def tokens(sql: str) -> list[Token]:
    """The tokens of any text, without blanks and comments; an unclosed token ends with the text."""
    found = ((match.lastgroup or "", match[0], match.start()) for match in _TOKEN.finditer(sql))
    return [Token(*each) for each in found if each[0] != "space"]


def split(sql: str) -> tuple[list[str], str]:
    """The statements that a `;` ends, without it, and the text after the last one."""
    statements, begin = [], 0
    for token in tokens(sql):
        if token.text == ";":
            statements.append(sql[begin : token.place].strip())
            begin = token.place + 1
    return statements, sql[begin:].strip()


def is_blank(sql: str) -> bool:
    """Whether there is nothing but blanks, comments and `;`."""
    return all(token.text == ";" for token in tokens(sql))


def refuse_all_but_queries(sql: str) -> None:
    """Return only if the statement is a query of tables.

    Raises:
        UsageError: it would change something, or read a file that it names, or is several statements, or has
            texts or comments that polars divides otherwise, or is so deep that polars cannot run it.
    """
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise refusal(
            "The statement is not UTF-8 text.", "Change it at the mark.", sql, error.start
        ) from error
    _refuse_what_polars_divides_otherwise(sql)
    found = tokens(sql)
    begin = [token for token in found if token.text != "("][:2]
    words = [token.text.lower() for token in begin]
    if words[:1] not in _QUERIES and words != _SHOW_TABLES:
        what = begin[0].text.upper() if begin and begin[0].kind == "word" else "This"
        raise refusal(
            f"{what} is not a query, and landed tables are read-only.",
            "Begin the statement with SELECT, WITH or SHOW TABLES.",
            sql,
            begin[0].place if begin else 0,
        )
    for token, following in pairwise(found):
        if token.text == ";" and following.text != ";":
            raise refusal(
                "There is a second statement.",
                "Run one at a time, or write them to stdin.",
                sql,
                following.place,
            )
        if following.text == "(" and _READS_FILES.fullmatch(token.name):
            raise refusal(
                f"{token.name} reads a file, and only landed tables can be queried.",
                "Name a table in its place: SHOW TABLES lists them.",
                sql,
                token.place,
            )
    operators = [token for token in found if token.text.lower() in _OPERATORS]
    if len(operators) > _MOST_OPERATORS:
        raise refusal(
            f"The statement has {len(operators):,} operators, more than {_MOST_OPERATORS}.",
            "Write IN (…) in place of OR, or split the statement.",
            sql,
            operators[_MOST_OPERATORS].place,
        )


def _refuse_what_polars_divides_otherwise(sql: str) -> None:
    """Refuse what could hide a part of the statement from the checks of its tokens."""
    before = ("", 0)
    for match in _TOKEN.finditer(sql):
        if match[0].startswith("/*") and "/*" in match[0][2:]:
            place = match.start() + 2 + match[0][2:].index("/*")
            raise refusal("A comment has another comment inside.", "Remove the inner one.", sql, place)
        prefix, end = before
        if match.lastgroup == "text" and end == match.start() and prefix in _READ_IN_ANOTHER_WAY:
            place = end - len(prefix)
            raise refusal("A text cannot have a prefix.", "Write the text as '…'.", sql, place)
        before = (match[0].lower() if match.lastgroup == "word" else "", match.end())


def refusal(sentence: str, next_step: str, sql: str, place: int | None) -> UsageError:
    """An error about the character at `place` of the SQL; None for one about no particular place."""
    details = () if place is None else pointed_at(sql, place)
    return UsageError(sentence, next_step=next_step, details=details)


def pointed_at(sql: str, place: int) -> tuple[str, str]:
    """The line of the place, cut to what is around it, and a line with a caret below the place."""
    begin = sql.rfind("\n", 0, place) + 1
    line = sql[begin:].split("\n", 1)[0].rstrip().expandtabs(1)
    column = min(place - begin, len(line))
    first = max(0, column - _SHOWN // 2) if len(line) > _SHOWN else 0
    before = ("…" if first else "") + line[first:column]
    rest = line[column : first + _SHOWN]
    cut = "…" if len(line) > first + _SHOWN else ""
    return before + rest + cut, " " * sum(map(_width, before)) + "^"


def _width(character: str) -> int:
    """Columns of a terminal that a character takes."""
    if not character.isprintable():
        return len(ascii(character)) - 2  # it is shown as its escape
    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
