"""What a standalone master says of itself on its web page."""

import json
import re
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

from clickstream.runtime.ports import LOOPBACK
from clickstream.runtime.processes import StartedProcess

_ASK_TIMEOUT_S = 5.0


def web_page(master: StartedProcess) -> str:
    """The address of a master's web page."""
    return f"http://{LOOPBACK}:{_webui_port(master)}"


def alive_workers(master: StartedProcess) -> int:
    """How many workers the master counts as alive; -1 while it does not answer."""
    return int(_asked(master).get("aliveworkers", -1))


def _asked(master: StartedProcess) -> dict[str, Any]:
    connection = HTTPConnection(LOOPBACK, _webui_port(master), timeout=_ASK_TIMEOUT_S)
    with closing(connection), suppress(OSError, HTTPException, ValueError):
        connection.request("GET", "/json/")
        answer = json.loads(connection.getresponse().read())
        # Another process may have taken the port of a master that died.
        if isinstance(answer, dict) and answer.get("url") == master.address:
            return answer
    return {}


def _webui_port(master: StartedProcess) -> int:
    told = re.search(r"--webui-port (\d+)", " ".join(master.command))
    return int(told[1]) if told else 0
