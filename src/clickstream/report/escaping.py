"""Bytes and texts from outside, made fit for a terminal: no control character reaches it."""

import json


def escaped(value: bytes) -> str:
    """Bytes as text: UTF-8 where they are, a hexadecimal escape where not; control characters escaped."""
    return tame(value.decode("utf-8", errors="backslashreplace"))


def tame(text: str) -> str:
    """Text of which every character can be printed; tabs stay."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\t" else ascii(each)[1:-1] for each in text)


def tame_json(text: str) -> str:
    """JSON whose characters can all be printed, between its line breaks; the values stay the same."""
    return "\n".join(line if line.isprintable() else _escaped_json(line) for line in text.split("\n"))


def _escaped_json(line: str) -> str:
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
