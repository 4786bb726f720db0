"""Fetching one locked jar through jgo, which knows the Maven repository and the person's own mirrors."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import requests
import stamina
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver

from clickstream.errors import JarsUnavailable
from clickstream.runtime.lockfile import LockedJar

_TIMEOUT_S = 20
_ATTEMPTS = 3


class Fetcher(Protocol):
    """Whatever can bring a jar into a folder."""

    def __call__(self, jar: LockedJar, folder: Path, on_bytes: Callable[[int], None]) -> Path:
        """Put the jar into `folder` and return its path.

        Args:
            jar: what to fetch; its hash is checked by the caller.
            folder: an empty folder of this one attempt.
            on_bytes: told of every piece that arrived, with its size in bytes.

        Raises:
            JarsUnavailable: it cannot be had, with the host's reason.
        """


def repositories() -> dict[str, str]:
    """Maven repositories by name: the central one, and those of the person's jgo configuration.

    A `central` in that configuration takes the place of the public one: that is how a mirror is named.
    """
    return {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}


def fetch_through_jgo(jar: LockedJar, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """Fetch a jar from the first repository that has it; three attempts. See `Fetcher`."""
    try:
        for attempt in stamina.retry_context(
            on=_may_pass, attempts=_ATTEMPTS, timeout=None, wait_initial=0.5
        ):
            with attempt:
                arrived = _Arrived(on_bytes)
                place = Path(tempfile.mkdtemp(dir=folder))
                try:
                    return _download(jar, place, arrived)
                except BaseException:
                    arrived.take_back()
                    shutil.rmtree(place, ignore_errors=True)
                    raise
    except requests.RequestException as error:
        raise JarsUnavailable(
            f"{jar.coordinate} could not be fetched{_from_host(error)}: {_reason(error)}.",
            next_step=_NETWORK,
        ) from error
    except RuntimeError as error:  # what jgo raises when no repository answered with the file
        raise JarsUnavailable(
            f"{jar.coordinate} could not be fetched: no repository has it, or none let us in.",
            next_step=_NETWORK,
            details=(str(error),),
        ) from error
    raise AssertionError("retrying ends with a result or an error")


_NETWORK = (
    "Connect to the network (HTTPS_PROXY is honoured, a mirror is named in jgo's configuration) and run it"
    " again, or copy the cache folder from a machine that has the jars."
)


def _may_pass(error: Exception) -> bool:
    # Whoever let a connection time out does so again, and a person is waiting.
    return isinstance(error, (requests.RequestException, RuntimeError)) and not isinstance(
        error, requests.ConnectTimeout
    )


class _Arrived:
    """Counts the bytes of one attempt, so that a failed one can be taken back."""

    def __init__(self, on_bytes: Callable[[int], None]) -> None:
        self._on_bytes = on_bytes
        self._count = 0

    def add(self, size_bytes: int) -> None:
        self._count += size_bytes
        self._on_bytes(size_bytes)

    def take_back(self) -> None:
        self._on_bytes(-self._count)


def _download(jar: LockedJar, place: Path, arrived: _Arrived) -> Path:
    @contextmanager
    def progress(_name: str, _total_bytes: int) -> Iterator[Callable[[int], None]]:
        yield arrived.add

    callback: Callable[[str, int], AbstractContextManager[Callable[[int], None]]] = progress
    maven = MavenContext(
        resolver=PythonResolver(progress_callback=callback),
        repo_cache=place,
        remote_repos=repositories(),
        timeout=_TIMEOUT_S,
    )
    return maven.create_dependency(jar.coordinate).artifact.resolve()


def _from_host(error: requests.RequestException) -> str:
    host = urlsplit(str(error.request.url)).hostname if error.request is not None else None
    return f" from {host}" if host else ""


def _reason(error: BaseException) -> str:
    """The innermost cause's own words: requests wraps urllib3, which wraps the socket's error."""
    while (inner := error.__cause__ or error.__context__) is not None and str(inner):
        error = inner
    return str(error).rstrip(".")
