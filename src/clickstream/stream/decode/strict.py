"""The slow path of decoding: any message at all, by Spark's variant type, to one reason or its values.

Nothing here may end the query or the JVM, for any message: no cast that raises, no function
that recurses through a nested value (`schema_of_variant` and `to_json` overflow the stack on one).

It is one expression, not a row of `withColumn`: Spark evaluates it for the few messages that need it and
plans the rest of the query as if it were not there. `_then` gives each step the results of the one before.
"""

import re
from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.definition.event import (
    MAX_NUMBER_CHARACTERS,
    NUMBER_LIMIT,
    Event,
    EventField,
    JsonType,
)
from clickstream.contract.definition.rejection import (
    EMPTY,
    NO_KNOWN_FIELD,
    NOT_AN_OBJECT,
    NOT_JSON,
    NOT_UTF8,
    number_out_of_range,
    wrong_type,
)

_CONTAINER = "CONTAINER"

# Possessive, so that Java's matcher walks a long string in a loop and never by recursion.
_JSON_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BYTES_THAT_HOLD_MANY_NAMES = 600
_SPARK_TYPE = {JsonType.INTEGER: "bigint", JsonType.NUMBER: "double"}
_LONG_NUMBER = f"[-+.0-9eE]{{{MAX_NUMBER_CHARACTERS + 1}}}"


def number_of(field_name: str) -> str:
    """The name of a number's or an integer's column, whatever the field is called: never one of ours."""
    return f"number_{field_name}"


class StrictReader:
    """Says what a message is by the decoding rule, for messages of one event."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._members = "struct<" + ", ".join(f"`{name}`: variant" for name in event.names) + ">"
        known = "|".join(map(re.escape, event.names))
        # Without escapes: a name may be spelled with them, and then be a known one.
        self._unknown_name = rf'"(?!(?:{known})")[^"\\\x00-\x1f]{{0,1000}}+"[ \t\r\n]*+:'

    def read(self, text: Column) -> Column:
        """What a message is.

        Args:
            text: the message's bytes cast to a string, whether they are UTF-8 or not; null for a null value.

        Returns:
            A struct, never null, of `reason` (null for an event), `strings` (the string fields in order), and
            each other field (bigint or double) as `number_of` its name.
        """
        message = F.array(F.struct(text.alias("text"), F.sha2(text.cast("binary"), 256).alias("digest")))
        return _then(_then(_then(_then(message, self._parse), self._prove), self._type), self._conclude)[0]

    def _parse(self, row: Column) -> Column:
        """Parse the message as the first element of an array, with its own digest as the second."""
        text = row["text"]

        def parsed(spelled: Column) -> Column:
            return F.try_parse_json(F.concat(F.lit("["), spelled, F.lit(',"'), row["digest"], F.lit('"]')))

        can_be_json = F.is_valid_utf8(text) & ~_has_long_number(text)
        # The parser gives up at some 150 names of one hash. What else it gives up at stays so under other
        # names.
        alike = self._with_unknown_names_alike(text)
        again = F.when(F.octet_length(text) > _BYTES_THAT_HOLD_MANY_NAMES, parsed(alike))
        return F.struct(
            text.alias("text"),
            row["digest"].alias("digest"),
            F.when(can_be_json, F.coalesce(parsed(text), again)).alias("parsed"),
        )

    def _with_unknown_names_alike(self, text: Column) -> Column:
        """The text with one and the same name for all unknown ones, as far as they are plain.

        A string in the place of a name becomes another one, so that invalid JSON stays invalid.
        """
        unknown = self._unknown_name
        return F.regexp_replace(text, rf"\G((?:[^\"]++|(?!{unknown}){_JSON_STRING})*+){unknown}", r'$1"_":')

    def _prove(self, row: Column) -> Column:
        """Take the members apart where the whole message is one JSON value: then its digest is element 1.

        Spark's parser stops after the first value and ignores the rest; a message cannot hold its
        own SHA-256, so that no trailing text can close the array early and pass.
        """
        second = F.try_variant_get(row["parsed"], "$[1]", "variant")
        second_text = F.when(~_is_container(second), F.try_variant_get(second, "$", "string"))
        is_json = F.coalesce(second_text == row["digest"], F.lit(False))
        return F.struct(
            row["text"].alias("text"),
            is_json.alias("is_json"),
            F.when(is_json, F.try_variant_get(row["parsed"], "$[0]", self._members)).alias("members"),
        )

    def _type(self, row: Column) -> Column:
        """Name the type of every field, in order; null for a missing field, `VOID` for a JSON null."""
        kinds = F.transform(
            F.array(*[row["members"][name] for name in self._event.names]),
            lambda member: F.when(_is_container(member), _CONTAINER).otherwise(F.schema_of_variant(member)),
        )
        return F.struct(
            row["text"].alias("text"),
            row["is_json"].alias("is_json"),
            row["members"].alias("members"),
            kinds.alias("kinds"),
            *(
                F.try_variant_get(row["members"][field.name], "$", _SPARK_TYPE[field.type]).alias(
                    number_of(field.name)
                )
                for field in self._event.fields
                if field.type is not JsonType.STRING
            ),
        )

    def _conclude(self, row: Column) -> Column:
        """The first reason that holds, and the values, which mean nothing where there is a reason."""
        reason = F.coalesce(
            F.when(row["text"].isNull() | (F.octet_length(row["text"]) == 0), EMPTY),
            F.when(~F.is_valid_utf8(row["text"]), NOT_UTF8),
            F.when(~row["is_json"], NOT_JSON),
            F.when(row["members"].isNull(), NOT_AN_OBJECT),
            F.when(~F.exists(row["kinds"], lambda kind: kind.isNotNull()), NO_KNOWN_FIELD),
            *(
                _field_reason(row, field, F.get(row["kinds"], F.lit(position)))
                for position, field in enumerate(self._event.fields)
            ),
        )
        strings = F.transform(
            F.array(*[row["members"][name] for name in self._event.string_names]),
            lambda member: F.try_variant_get(member, "$", "string"),
        )
        others = [name for name in self._event.names if name not in self._event.string_names]
        return F.struct(
            reason.alias("reason"),
            F.when(reason.isNull(), strings).alias("strings"),
            *(row[number_of(name)].alias(number_of(name)) for name in others),
        )


def _then(row: Column, step: Callable[[Column], Column]) -> Column:
    """The next step of a computation on an array of one struct; only here each result is computed once."""
    return F.transform(row, step)


def _has_long_number(text: Column) -> Column:
    """Whether a number outside strings is longer than the rule allows: Jackson counts its digits only."""
    outside_strings = F.regexp_replace(text, _JSON_STRING, '""')
    return (F.octet_length(text) > MAX_NUMBER_CHARACTERS) & outside_strings.rlike(_LONG_NUMBER)


def _field_reason(row: Column, field: EventField, kind: Column) -> Column:
    name = field.name
    if field.type is JsonType.STRING:
        return F.when(~kind.isin("STRING", "VOID"), wrong_type(name))
    is_decimal = kind.startswith("DECIMAL") | (kind == "DOUBLE")
    if field.type is JsonType.INTEGER:
        # Within 64 bits an integer is a BIGINT; beyond, Spark's variant makes it a decimal or a double,
        # like a number with a fraction. from_json keeps the digits of an integer as they are written.
        written = F.from_json(row["text"], f"`{name}` string")[name]
        is_integer = F.coalesce(written.rlike(r"\A-?[0-9]+\z"), F.lit(False))
        return F.when(is_decimal & is_integer, number_out_of_range(name)).when(
            ~kind.isin("BIGINT", "VOID"), wrong_type(name)
        )
    return F.when(~is_decimal & ~kind.isin("BIGINT", "VOID"), wrong_type(name)).when(
        F.abs(row[number_of(name)]) > NUMBER_LIMIT, number_out_of_range(name)
    )


def _is_container(variant: Column) -> Column:
    is_array = F.try_variant_get(variant, "$", "array<variant>").isNotNull()
    return is_array | F.try_variant_get(variant, "$", "map<string, variant>").isNotNull()
