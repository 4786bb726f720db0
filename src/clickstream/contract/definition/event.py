"""What an event is: one JSON object per Kafka message, with declared fields.

Which fields they are is the pipeline's definition; generator, Spark job and check use it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from clickstream.errors import DefinitionInvalid


class JsonType(StrEnum):
    """The declared type of a field; every field may also be null or missing."""

    STRING = "string"
    INTEGER = "integer"
    """Written without fraction and exponent, within 64 bits, signed."""
    NUMBER = "number"
    """Any JSON number of an absolute value of at most `NUMBER_LIMIT`."""


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of the event: its name in the JSON object and its type; `default` is taken where it is null.

    Only a string has a default; empty means none. `values`, or `low` and `high` of a number (both included),
    say what plausible data looks like; they do not decide what an event is. None among the values is a null.
    """

    name: str
    type: JsonType
    default: str = ""
    values: tuple[str | int | float | None, ...] = field(default=(), kw_only=True)
    low: float | None = field(default=None, kw_only=True)
    high: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse an unknown type: tables look their columns up by it.

        Raises:
            DefinitionInvalid: it is not a JsonType.
        """
        if not isinstance(self.type, JsonType):
            raise DefinitionInvalid(
                f"Field {self.name!r} has the unknown type {self.type!r}.",
                next_step=f"Expected is {', '.join(f'JsonType.{known.name}' for known in JsonType)}.",
            )


@dataclass(frozen=True, slots=True)
class Event:
    """The fields of an event in order, and which of them says when it happened.

    The generator writes fields in this order, and reasons for a rejection are looked for in it. `time_field`
    is a string (docs/semantics.md has its form); an event without a usable one happens at its Kafka
    timestamp. The generator gives records the value of `key_field`, a string, as their key.
    """

    fields: tuple[EventField, ...]
    time_field: str
    key_field: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def string_names(self) -> tuple[str, ...]:
        """The names of the string fields, in order."""
        return tuple(field.name for field in self.fields if field.type is JsonType.STRING)

    @property
    def number_names(self) -> tuple[str, ...]:
        """The names of the fields of type number, in order."""
        return tuple(field.name for field in self.fields if field.type is JsonType.NUMBER)

    def field(self, name: str) -> EventField:
        """The field of this name, which exists."""
        return next(field for field in self.fields if field.name == name)


NUMBER_LIMIT = 1e12
"""Largest absolute value of a number; beyond it the message is `number_out_of_range:<field>`."""

_INT64 = 2**63


def fits(field: EventField, value: object) -> bool:
    """Whether a value is of the field's type and within its limits, or null."""
    if value is None:
        return True
    if field.type is JsonType.STRING:
        return isinstance(value, str) and _is_unicode(value)
    if isinstance(value, bool):
        return False
    if field.type is JsonType.INTEGER:
        return isinstance(value, int) and -_INT64 <= value < _INT64
    return isinstance(value, int | float) and abs(value) <= NUMBER_LIMIT


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # an unpaired surrogate
        return False
    return True


MAX_NESTING_LEVELS = 999
"""Deepest nesting of a JSON value that is an event; the outer object is level 1."""

MAX_NUMBER_CHARACTERS = 1_000
"""Longest number, in characters as written, that is JSON by the decoding rule."""

MAX_NAME_CHARACTERS = 50_000
"""Longest member name, in UTF-16 code units after unescaping, that is JSON by the decoding rule."""
