"""The fast path of decoding: messages in exactly the plain form that the generator writes.

The plain form has all fields in order, no blanks, strings of printable ASCII without quote, backslash and
comma, and an event time in the form that counts. One regular expression verifies all of that, and that every
value is of its type and in range; then a split at the commas separates the fields. Together they cost less
than `from_json` alone, which would accept what the decoding rule rejects. All other messages: `strict.py`.
"""

import re

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.definition.event import Event, JsonType
from clickstream.stream.decode.event_ts import TIME_FORM

# Listed one by one: java.util.regex then tests a character against one bit set instead of many ranges.
_TEXT_CHARACTERS = (
    "[!#$%&'()*+./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz{|}~ " + r"\-\[\]^]"
)

# Without a backslash, quote or comma in any string, no value can pass for a piece of the form.
# 18 digits fit 64 bits, 12 digits before the point stay within the limit of a number.
_VALUE = {
    JsonType.STRING: f'(?:"{_TEXT_CHARACTERS}*"|null)',
    JsonType.INTEGER: r"(?:-?(?:0|[1-9][0-9]{0,17})|null)",
    JsonType.NUMBER: r"(?:-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,20})?|null)",
}


def plain_form(event: Event) -> str:
    """The regular expression that a message in the plain form of the event matches as a whole."""
    form_of = {field.name: _VALUE[field.type] for field in event.fields}
    form_of[event.time_field] = f'(?:"{TIME_FORM}"|null)'
    return r"\A\{" + ",".join(f'"{re.escape(name)}":{form}' for name, form in form_of.items()) + r"\}\z"


def is_plain(text: Column, event: Event) -> Column:
    """Whether the message has the plain form, so that it is an event; null for null."""
    return text.rlike(plain_form(event))


def pieces(text: Column) -> Column:
    """The members of a plain message as an array of a text per field; anything for other messages."""
    return F.split(text, ",")


def value_in(pieces_of_message: Column, event: Event, field_name: str) -> Column:
    """The value of one field from the `pieces` of a message in the plain form, typed; null for null."""
    position = event.names.index(field_name)
    kind = event.fields[position].type
    piece = F.get(pieces_of_message, F.lit(position))
    # Characters of `"name":`, with the opening brace before the first field.
    before = len(field_name) + 3 + (1 if position == 0 else 0)
    # The closing brace after the last one.
    closing = "}" if position == len(event.fields) - 1 else ""
    behind = len(closing)
    if kind is JsonType.STRING:
        return F.when(piece.endswith('"' + closing), _bytes_between(piece, before + 1, behind + 1))
    written = _bytes_between(piece, before, behind)
    # The form guarantees a number; a failed conversion would cost an exception for every null.
    number = written.try_cast("bigint" if kind is JsonType.INTEGER else "double")
    return F.when(written != "null", number)


def _bytes_between(piece: Column, before: int, behind: int) -> Column:
    """The text without some characters at its ends, by bytes: Spark walks a string character by character."""
    length = F.octet_length(piece) - F.lit(before + behind)
    return piece.cast("binary").substr(F.lit(before + 1), length).cast("string")
