"""The embedded Kafka's data folder: given its cluster's identity once, whole or not at all."""

import base64
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from clickstream.errors import PartDidNotStart
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.kafka.properties import DATA, kafka_command, server_properties
from clickstream.runtime.machine.ports import free_ports
from clickstream.settings import java_environment

_TIMEOUT_S = 60
_LINES = 20


def format_once(folder: Path, java: JavaHome, jars: Sequence[Path], memory: str) -> None:
    """Have Kafka's own tool format `folder`/data, unless that was done before.

    It works in a folder beside, which takes the place of `data` when it is whole: a start that was killed
    in the middle leaves nothing that the next one would take for a cluster.

    Raises:
        PartDidNotStart: the tool failed, or `data` holds something that is not a broker's data.
    """
    data = folder / DATA
    if (data / "meta.properties").exists():
        return
    if data.exists() and any(data.iterdir()):
        raise PartDidNotStart(
            f"{data} holds files, but no meta.properties: it is not a broker's folder, or it is damaged.",
            next_step=f"Remove {data} to start afresh, or set STATE_PATH to another folder.",
        )
    scratch = folder / "formatting"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    properties = scratch / "server.properties"
    properties.write_text(server_properties(*free_ports(2)), encoding="ascii")
    tool = ("kafka.tools.StorageTool", "format", "--cluster-id", _new_cluster_id(), "--config")
    _run(kafka_command(java, jars, memory, *tool, str(properties)), scratch, java)
    (scratch / DATA).replace(data)
    shutil.rmtree(scratch)


def _run(command: list[str], folder: Path, java: JavaHome) -> None:
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            env=java_environment(java.path),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: we end after it, not in its middle
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_S,
            check=False,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired as error:
        raise PartDidNotStart(
            f"Formatting the embedded broker's folder {folder} took longer than {_TIMEOUT_S} s.",
            next_step="Run it again when the machine is less busy.",
        ) from error
    if answer.returncode:
        raise PartDidNotStart(
            f"The embedded broker's folder {folder} could not be formatted.",
            next_step="The lines below are Kafka's output.",
            details=tuple(answer.stdout.splitlines()[-_LINES:]),
        )


def _new_cluster_id() -> str:
    """A random id in Kafka's spelling; one that begins with a dash would be read as an option."""
    while True:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster_id.startswith("-"):
            return cluster_id
