"""What a standalone master says of itself on its web page."""

import json
import re
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from clickstream.runtime.machine.ports import LOOPBACK
from clickstream.runtime.processes.started import StartedProcess

_ASK_TIMEOUT_S = 5.0
_SPARKS_OWN_PORT = 8080
"""Where a master has its web page by default."""


@dataclass(frozen=True, slots=True)
class WorkerOffer:
    """What a living worker has in all, and what of it is free; memory in MiB."""

    cores: int
    cores_free: int
    memory_mib: int
    memory_free_mib: int


def web_page(master: StartedProcess) -> str:
    """The address of a master's web page."""
    return f"http://{LOOPBACK}:{_webui_port(master)}"


def alive_workers(master: StartedProcess) -> int:
    """How many workers the master counts as alive; -1 while it does not answer."""
    return int(_asked(master).get("aliveworkers", -1))


def offers(master: StartedProcess | str) -> list[WorkerOffer] | None:
    """What each living worker of a master offers; None if its web page does not answer.

    Of a master that is not ours the address alone is known, such as `spark://host:7077`: its page is looked
    for at Spark's own port.
    """
    if isinstance(master, str):
        host = master.removeprefix("spark://").partition(":")[0]
        answer = _asked_at(host, _SPARKS_OWN_PORT, master)
    else:
        answer = _asked(master)
    if not answer:
        return None
    return [
        WorkerOffer(
            int(worker["cores"]), int(worker["coresfree"]), int(worker["memory"]), int(worker["memoryfree"])
        )
        for worker in answer.get("workers", [])
        if worker.get("state") == "ALIVE"
    ]


def _asked(master: StartedProcess) -> dict[str, Any]:
    return _asked_at(LOOPBACK, _webui_port(master), master.address)


def _asked_at(host: str, port: int, url: str) -> dict[str, Any]:
    connection = HTTPConnection(host, port, timeout=_ASK_TIMEOUT_S)
    with closing(connection), suppress(OSError, HTTPException, ValueError):
        connection.request("GET", "/json/")
        answer = json.loads(connection.getresponse().read())
        # Another process may have taken the port of a master that died.
        if isinstance(answer, dict) and answer.get("url") == url:
            return answer
    return {}


def _webui_port(master: StartedProcess) -> int:
    told = re.search(r"--webui-port (\d+)", " ".join(master.command))
    return int(told[1]) if told else 0
