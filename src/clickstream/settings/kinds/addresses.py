"""Network addresses as settings give them: `host:port`, with commas between several."""

import re
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from clickstream.settings.kinds.group import refused

ADDRESSES = "host:port, with commas between several, such as 127.0.0.1:9092 or [::1]:9092"
_HOST = re.compile(r"\w([\w.-]*\w)?\.?")


def bootstrap_servers(value: object) -> str:
    """The addresses without blanks around them; empty where the setting is.

    Raises:
        PydanticCustomError: one is not `host:port`; names it and says what is wrong.
    """
    text = str(value)
    return ",".join(_host_and_port(each.strip()) for each in text.split(",")) if text else ""


def host_alone(value: object) -> str:
    """A host name or an IP address, or nothing.

    Raises:
        PydanticCustomError: it has a scheme, a port or blanks.
    """
    text = str(value)
    if not text or _is_host(text.strip("[]")):
        return text
    raise refused("a host name or an IP address, such as 10.0.0.7", why="it is more than a host")


def _host_and_port(address: str) -> str:
    scheme, is_url, rest = address.partition("://")
    if is_url:
        rest = rest.rpartition("@")[2].rstrip("/")
        raise refused(ADDRESSES, why=f"{scheme}:// does not belong there: write {rest or 'host:port'}")
    if ":" not in address and _is_host(address):
        raise refused(f"{address}:9092, or to {ADDRESSES}", why="it has no port")
    try:
        parts = urlsplit(f"//{address}")
        if parts.netloc == address and parts.port and _is_host(parts.hostname or ""):
            return address
    except ValueError:  # a port that is not a number from 0 to 65535, or brackets without an address of IPv6
        pass
    raise refused(ADDRESSES, why=f"{address!r} is not a host and a port from 1 to 65535")


def _is_host(text: str) -> bool:
    try:
        return bool(_HOST.fullmatch(text) or IPv6Address(text))
    except ValueError:
        return False
