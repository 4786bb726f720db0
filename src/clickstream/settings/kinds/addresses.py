"""Network addresses as settings give them: `host:port`, with commas between several."""

import re
from ipaddress import IPv6Address

from clickstream.settings.kinds.group import refused

ADDRESSES = "host:port, with commas between several, such as 127.0.0.1:9092"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*://")
_HOST = re.compile(r"\w([\w.-]*\w)?\.?")
_LAST_PORT = 65_535
_LIKE_A_PORT = re.compile(r"[1-9]\d{3,4}", re.ASCII)
"""What is a port at the end of an IPv6 address, rather than its last group."""


def bootstrap_servers(value: object) -> str:
    """The addresses without blanks around them; empty where the setting is.

    Raises:
        PydanticCustomError: one is not `host:port`; names it and says what is wrong.
    """
    text = str(value)
    if not text:
        return ""
    return ",".join(_host_and_port(each.strip()) for each in text.split(","))


def host_alone(value: object) -> str:
    """A host name or an IP address, or nothing.

    Raises:
        PydanticCustomError: it has a scheme, a port or blanks.
    """
    text = str(value)
    if not text or _HOST.fullmatch(text) or _is_ipv6(text.strip("[]")):
        return text
    raise refused("a host name or an IP address, such as 10.0.0.7", why="it is more than a host")


def _host_and_port(address: str) -> str:
    if not address:
        raise refused(ADDRESSES, why="an address in it is blank")
    scheme = _SCHEME.match(address)
    if scheme:
        rest = address[scheme.end() :].rpartition("@")[2].rstrip("/")
        raise refused(ADDRESSES, why=f"{scheme[0]} does not belong there: write {rest or 'host:port'}")
    host, colon, port = address.rpartition(":")
    if not colon and not address.startswith("["):
        raise refused(f"{address}:9092, or to {ADDRESSES}", why=f"{address} has no port")
    if _is_ipv6(host) and _LIKE_A_PORT.fullmatch(port):
        raise refused(ADDRESSES, why=f"an IPv6 address needs brackets: [{host}]:{port}")
    if _is_ipv6(address) or _is_bracketed_ipv6(address):
        raise refused(
            ADDRESSES, why=f"an IPv6 address needs brackets and a port: [{address.strip('[]')}]:9092"
        )
    if not (_HOST.fullmatch(host) or _is_bracketed_ipv6(host)):
        raise refused(ADDRESSES, why=f"{host!r} is not a host")
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or not 1 <= int(port) <= _LAST_PORT:
        raise refused(ADDRESSES, why=f"port {port or '(none)'} is not a number from 1 to {_LAST_PORT}")
    return address


def _is_bracketed_ipv6(text: str) -> bool:
    return text[:1] == "[" and text[-1:] == "]" and _is_ipv6(text[1:-1])


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return "]" not in text  # which Python takes for part of a zone's name
